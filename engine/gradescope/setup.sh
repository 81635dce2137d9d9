#!/usr/bin/env bash
# Gradescope runs this once, while it builds the image: the engine is installed beside the course, which is in source/.
set -euo pipefail

root=${AUTOGRADER:-/autograder}
pythons=(python3.13 python3.12 python3.11)

make_environment() {
    local python
    for python in "${pythons[@]}"; do
        "$python" -m venv --clear "$root/venv" && return
    done
}

install_python() {
    local python
    apt-get update
    for python in "${pythons[@]}"; do
        apt-get install --yes "$python-venv" && return
    done
}

make_environment || { install_python && make_environment; }
"$root/venv/bin/python" -m pip install -c "$root/source/engine/constraints.txt" "$root/source/engine"

# The seed belongs to the image. If each container drew its own, the same submission would meet other inputs every time.
"$root/venv/bin/python" - "$root/source" << 'END'
import pathlib, sys
from assay.course.seeds import secret_seed
secret_seed(pathlib.Path(sys.argv[1]))
END
