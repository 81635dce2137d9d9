"""The fork server's warm-up makes the requests that checks make, and every request is answered without an error."""

import torch

from assay.bare import warmup
from assay.wire.messages import Raised, Returned


def test_every_request_is_answered_as_a_check_would_have_it(monkeypatch):
    replies = []

    class Heard(warmup.ObjectTable):
        def answer(self, request):
            replies.append((request.path, super().answer(request)))
            return replies[-1][1]

    monkeypatch.setattr(warmup, "ObjectTable", Heard)
    monkeypatch.setattr(warmup, "_TIMES", 1)
    warmup.warm_up()
    *answered, (path, failure) = replies
    assert [type(reply) for _, reply in answered] == [Returned] * len(answered)
    assert (path, failure) == ("fail", Raised("ValueError", "", []))
    gradient = dict(answered)["w.grad"].value
    assert gradient.shape == (2, 1)
    assert torch.isfinite(gradient).all()
