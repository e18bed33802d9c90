import pytest

from gatewright import __version__
from gatewright.cli import main


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"gatewright {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["down"], ["up", "--nothing"], ["up", "--ephemeral", "--data-dir", "x"]])
def test_a_wrong_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "gatewright" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["up", "--port", "x"], "gatewright: --port: port must be a whole number, not 'x'\n"),
        (["up", "--data-dir", ""], "gatewright: --data-dir: data_dir must be a path, not ''\n"),
        (["up", "--port", "70000"], "gatewright: port must be between 0 and 65535, not 70000\n"),
        (
            ["up", "--config", "/nowhere"],
            "gatewright: cannot read the settings file /nowhere: No such file or directory\n",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_and_status_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == line
