"""`python -m assay`: the command, where the scripts' folder is not on the path."""

from assay.command.main import main

main(prog_name="assay")
