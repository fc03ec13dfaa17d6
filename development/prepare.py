"""Set-up: the project's own environment and the system parts it needs.

Runs with the system's Python and the standard library alone. Everything is done once and again only
when the lock, the project file or the interpreter changed. Debian's Python lacks `ensurepip` and
refuses pip outside an environment, so the environment is made without pip and the system's pip, or
the one carried inside the standard library, fills it from outside.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
INSIDE = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = ENVIRONMENT / "prepared"

# Shared libraries that Qt's wheels load and do not carry, by the Debian package that has them.
WINDOW_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xinerama0": "libxcb-xinerama.so.0",
    "libglib2.0-0": "libglib-2.0.so.0",
}

# Programs that only the tests talk to, by the Debian package that has them.
TEST_PROGRAMS = {
    "openssl": "openssl",
    "poppler-utils": "pdfsig",
    "qpdf": "qpdf",
    "softhsm2": "softhsm2-util",
    "xvfb": "Xvfb",
    "postgresql": "/usr/lib/postgresql/*/bin/postgres",
    "pgbouncer": "/usr/sbin/pgbouncer*",
}

# What only the long tests talk to: Java for the engine of veraPDF, and what it needs beside it.
LONG_PROGRAMS = {
    "default-jdk-headless": "javac",
    "libjaxb-java": "/usr/share/java/jaxb-runtime.jar*",
    "libactivation-java": "/usr/share/java/javax.activation.jar*",
}

# The engine itself is carried inside a Python package. Nothing of ours imports it, so it has a
# folder of its own and is in no extra of the project.
JUDGE = ROOT / ".practice" / "verapdf"
JUDGE_LOCK = ROOT / "tests" / "simulators" / "verapdf" / "requirements.txt"


def _fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(2)


def _missing_libraries() -> list[str]:
    if sys.platform != "linux":
        return []
    listed = subprocess.run(
        ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False
    ).stdout
    return [package for package, library in WINDOW_LIBRARIES.items() if library not in listed]


def _missing_programs(wanted: dict[str, str]) -> list[str]:
    def there(program: str) -> bool:
        if "*" in program:
            return any(Path("/").glob(program.lstrip("/")))
        return shutil.which(program) is not None

    return [package for package, program in wanted.items() if not there(program)]


def _is_debian_root() -> bool:
    return (
        sys.platform == "linux"
        and Path("/etc/debian_version").exists()
        and hasattr(os, "geteuid")
        and os.geteuid() == 0
    )


def _install_debian(packages: list[str]) -> None:
    print("Installing Debian packages: " + " ".join(packages), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = ["apt-get", "-qq", *step]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        _fail(f"apt-get could not install them. Run: apt-get install {' '.join(packages)}")


def system_parts(programs_wanted: dict[str, str]) -> None:
    """Install what the system lacks, or say the exact line; tests name what they then skip."""
    libraries = _missing_libraries()
    programs = _missing_programs(programs_wanted) if sys.platform == "linux" else []
    wanted = libraries + programs
    if not wanted:
        return
    if _is_debian_root():
        _install_debian(wanted)
        return
    line = f"apt-get install {' '.join(wanted)}"
    if libraries:
        _fail(f"Some system libraries are missing. Run as root: {line}")
    if os.environ.get("CI") == "true":
        _fail(f"Programs that the tests talk to are missing. Run as root: {line}")
    print(f"Skipped, because they are not installed ({line}): {', '.join(programs)}")


def _pip() -> list[str]:
    """A pip that can fill an environment from outside."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if importlib.util.find_spec("ensurepip") is not None:
        subprocess.run([str(INSIDE), "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
        return [str(INSIDE), "-m", "pip"]
    if _is_debian_root():
        _install_debian(["python3-pip"])
        return [sys.executable, "-m", "pip"]
    _fail("pip is missing. Run as root: apt-get install python3-pip")
    raise AssertionError


def _fingerprint() -> str:
    pieces = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(pieces)).hexdigest()


def _same_interpreter() -> bool:
    if not INSIDE.exists():
        return False
    asked = "import sys; print(sys.version)"
    answer = subprocess.run([str(INSIDE), "-c", asked], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def environment() -> None:
    """Make `.venv` from the lock with hashes; leave it alone while nothing changed."""
    wanted = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and _same_interpreter():
        return
    print("Setting up .venv (once; about two minutes) …", flush=True)
    if not _same_interpreter():
        venv.EnvBuilder(with_pip=False, clear=True, symlinks=os.name != "nt").create(ENVIRONMENT)
    pip = [*_pip(), "--python", str(INSIDE), "--disable-pip-version-check", "-q"]
    calm = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_WARN_SCRIPT_LOCATION": "1"}
    for step in (
        ["install", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)],
        ["install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    ):
        if subprocess.run([*pip, *step], env=calm, check=False).returncode != 0:
            _fail("The packages could not be installed. Check the network and run it again.")
    STAMP.write_text(wanted)


def judge() -> None:
    """Fetch the engine of veraPDF by its lock; the long tests judge every PDF with it."""
    wanted, stamp = JUDGE_LOCK.read_text(), JUDGE / "prepared"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Fetching the engine of veraPDF (once; 22 MB) …", flush=True)
    command = [*_pip(), "--python", str(INSIDE), "--disable-pip-version-check", "-q", "install"]
    command += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--upgrade"]
    command += ["--target", str(JUDGE), "-r", str(JUDGE_LOCK)]
    if subprocess.run(command, check=False).returncode != 0:
        _fail("The engine of veraPDF could not be fetched. Check the network and run it again.")
    stamp.write_text(wanted)


def main() -> None:
    """Prepare for the command that follows."""
    command = sys.argv[1] if len(sys.argv) > 1 else "run"
    programs = dict(TEST_PROGRAMS) if command in ("test", "tour", "bench") else {}
    takes_long = command == "test" and "--all" in sys.argv
    if takes_long:
        programs |= LONG_PROGRAMS
    system_parts(programs)
    environment()
    if takes_long:
        judge()


if __name__ == "__main__":
    main()
