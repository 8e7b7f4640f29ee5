"""Entry point of the `bailleurs` script. Imports little: the process that granian starts imports it again."""


def main() -> None:
    from launcher.cli import main as command_line

    command_line()
