"""Where the `bailleurs` script starts. Light on purpose: the process that granian starts imports this module again."""


def main() -> None:
    from launcher.cli import main as command_line

    command_line()
