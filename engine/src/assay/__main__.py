"""`python -m assay`: the command, also if the folder of scripts is not on the PATH."""

from assay.command.main import main

main(prog_name="assay")
