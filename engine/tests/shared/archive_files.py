"""Archives for tests of the intake, made in memory, and what is expected of the honest ones."""

import io
import tarfile
import zipfile

import pytest

NAMES = ["scratch", "concise"]
CODE = b"x = 1\n"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Make a zip of (name or ZipInfo, content) pairs."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def tarred(files, mode="w:gz", form=tarfile.PAX_FORMAT):
    """Make a tar of (name or TarInfo, content) pairs."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode, format=form) as archive:
        for name, content in files:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if not isinstance(name, tarfile.TarInfo) or info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def tar_info(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_info(name, mode=0, time=(2024, 1, 1, 0, 0, 0)):
    info = zipfile.ZipInfo(name, time)
    info.external_attr = mode << 16
    return info


MAKERS = {"class.zip": zipped, "class.tar.gz": tarred, "class.TGZ": tarred, "class.tar": lambda f: tarred(f, "w")}
every_kind = pytest.mark.parametrize("name", MAKERS)

ALICE = ("alice", "scratch", "class.zip/alice/scratch.py")
BOB = ("bob", "scratch", "class.zip/bob/scratch.py")
HONEST = ("alice/scratch.py", CODE)


def summary(intake, root):
    return (
        [(s.info.name, s.assignment, s.info.path.removeprefix(f"{root}/")) for s in intake.submissions],
        [(r.info.name, r.reason) for r in intake.refused],
        [str(path.relative_to(root)) for path in intake.empty],
    )
