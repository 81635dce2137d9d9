"""remote and assign call the proxy, and raise TypeError for anything else."""

import pytest

from assay.checks import assign, remote


class Proxy:
    """What a submission's proxy answers to."""

    def __init__(self):
        self.assigned = None

    def __assay_remote__(self):
        return "remote", self

    def __assay_assign__(self, values):
        self.assigned = values


def test_remote_gives_the_proxys_own_view():
    proxy = Proxy()
    assert remote(proxy) == ("remote", proxy)


def test_assign_takes_names_and_dotted_paths():
    proxy = Proxy()
    assign(proxy, {"net.weight": 1}, b=2)
    assert proxy.assigned == {"net.weight": 1, "b": 2}


def test_remote_says_what_it_takes():
    with pytest.raises(TypeError) as caught:
        remote(3.0)
    assert str(caught.value) == "remote() takes `submission` or an object that it gave, not 3.0"


def test_assign_says_what_it_takes():
    with pytest.raises(TypeError) as caught:
        assign([1], w=1)
    assert str(caught.value) == "assign() takes `submission` or an object that it gave, not [1]"
