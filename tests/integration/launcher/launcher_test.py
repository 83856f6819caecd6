"""The launcher ./echolab, run in a copy of its scripts with stand-ins for the commands that change a machine.

A stand-in writes its call to a log and then does what the test says. Nothing is installed, built or started.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
IMAGES = ("echo-server", "echo-client", "faulty-server", "capture-agent", "runner")


class LauncherTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="echolab-launcher-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        shutil.copy(ROOT / "echolab", self.tree)
        shutil.copytree(ROOT / "tools", self.tree / "tools")
        for name in ("CMakeLists.txt", "CMakePresets.json", "Dockerfile"):
            (self.tree / name).write_text("")
        for name in ("lab", "services", "cmake"):
            (self.tree / name).mkdir()
            (self.tree / name / "source.cpp").write_text("1\n")
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.log = self.folder / "calls"
        # A machine on which everything is in order.
        self.stand_in("apt-get", "exit 0")
        self.stand_in("mmdebstrap", "exit 9")
        self.stand_in("setsid", "exit 9")
        self.stand_in("dockerd", "exit 9")
        self.stand_in("dpkg-query", 'shift 3; for p in "$@"; do echo "installed $p"; done')
        self.stand_in("cmake", f"""
            case $1 in --build) ;; *) exit 0 ;; esac
            mkdir {self.folder}/building || exit 7  # two at once
            mkdir -p {self.tree}/build/release/lab/cli
            printf '#!/bin/sh\\necho program "$@"\\nexit 4\\n' >{self.tree}/build/release/lab/cli/echolab
            chmod +x {self.tree}/build/release/lab/cli/echolab
            mkdir -p {self.tree}/build/release/bin
            cp {self.tree}/build/release/lab/cli/echolab {self.tree}/build/release/bin/echo-server
            rmdir {self.folder}/building""")
        self.docker(answers=True)

    def stand_in(self, name, script):
        file = self.bin / name
        file.write_text(f'#!/bin/bash\necho "{name} $*" >>{self.log}\n' + textwrap.dedent(script) + "\n")
        file.chmod(0o755)

    def docker(self, answers, label="none"):
        """A docker command whose images all carry this label, until it builds; then they carry what it was told."""
        (self.folder / "label").write_text(label)
        self.stand_in("docker", f"""
            case "$1 $2" in
              "version --format") {'echo 20.10.24' if answers else 'exit 1'} ;;
              "image inspect")
                {'' if answers else 'exit 1'}
                for argument in "$@"; do
                  case $argument in echolab/*) cat {self.folder}/label; echo ;; debian:*) echo sha256:1 ;; esac
                done ;;
              "build --label") printf %s "${{3#echolab.sources=}}" >{self.folder}/label ;;
            esac""")

    def start(self, *arguments, **environment):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("DOCKER_", "ECHOLAB_")) and name != "CI"}
        kept["PATH"] = f"{self.bin}:{kept['PATH']}"
        return subprocess.Popen([self.tree / "echolab", *arguments], env={**kept, **environment}, cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def call(self, *arguments, **environment):
        process = self.start(*arguments, **environment)
        self.stdout, self.stderr = process.communicate()
        return process.returncode

    def calls(self, *names):
        """Calls of these commands so far; the log starts anew."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line for line in lines if not names or line.split()[0] in names]

    def need_root(self):
        if os.geteuid() != 0:
            print("[  SKIPPED ] only root may set a machine up", flush=True)
            self.skipTest("only root may set a machine up")

    def test_builds_once_and_becomes_the_program(self):
        self.assertEqual(self.call("validate", "a b.yaml"), 4)
        self.assertEqual(self.stdout, "program validate a b.yaml\n")
        self.assertEqual(len(self.calls("cmake")), 2, "configured and built")
        self.assertEqual(self.call("validate", "a b.yaml"), 4)
        self.assertEqual(self.stderr, "")
        self.assertEqual(self.calls(), [], "a current program needs no other command")

    def test_changed_sources_are_built_again(self):
        self.call("version")
        (self.tree / "lab" / "source.cpp").write_text("2\n")
        self.calls()
        self.assertEqual(self.call("version"), 4)
        self.assertTrue(self.calls("cmake"))

    def test_a_failed_build_is_shown_and_is_tried_again(self):
        self.stand_in("cmake", "case $1 in --build) echo source.cpp:1: error: no; exit 1 ;; esac")
        self.assertEqual(self.call("version"), 3)
        self.assertIn("source.cpp:1: error: no", self.stderr)
        self.calls()
        self.assertEqual(self.call("version"), 3)
        self.assertTrue(self.calls("cmake"))

    def test_calls_at_once_build_once(self):
        processes = [self.start("version") for _ in range(4)]
        for process in processes:
            output, errors = process.communicate()
            self.assertEqual((process.returncode, output), (4, "program version\n"), errors)
        self.assertEqual(len([call for call in self.calls("cmake") if "--build" in call]), 1)

    def test_where_docker_runs_nothing_is_installed(self):
        self.stand_in("dpkg-query", "echo installed cmake")
        self.assertEqual(self.call("run", "x.yaml"), 3)
        self.assertIn("missing Debian packages: fonts-dejavu-core fonts-naver-d2coding g++", self.stderr)
        self.assertIn("apt-get install --no-install-recommends fonts-dejavu-core fonts-naver-d2coding g++", self.stderr)
        self.assertNotIn("install cmake", self.stderr)
        self.assertEqual(self.calls("apt-get", "cmake", "dockerd"), [])

    def test_a_bare_machine_is_set_up_with_one_installation(self):
        self.need_root()
        self.docker(answers=False)
        self.stand_in("dpkg-query", "echo installed cmake")
        self.stand_in("apt-get", "exit 0")
        self.call("run", "--engine", "docker", "x.yaml")
        installations = self.calls("apt-get")
        self.assertEqual(installations[0], "apt-get update")
        self.assertTrue(installations[1].startswith("apt-get install -y --no-install-recommends fonts-dejavu-core"))
        self.assertIn(" docker.io iptables", installations[1])
        self.assertNotIn(" cmake", installations[1])
        self.assertTrue(self.stderr.startswith("echolab: installing from Debian's packages: fonts-dejavu-core"), self.stderr)

    def test_without_docker_the_programs_of_nodes_are_built_and_nothing_is_started(self):
        self.docker(answers=False)
        for arguments in (["x.yaml"], ["--engine", "local", "x.yaml"], ["--engine=local", "x.yaml"]):
            (self.tree / "build" / "release" / ".services").unlink(missing_ok=True)
            self.assertEqual(self.call("run", *arguments), 4)
            builds = [call for call in self.calls("cmake", "dockerd", "setsid") if "--target" in call]
            self.assertIn(f"cmake --build {self.tree}/build/release --target echo-server echo-client faulty-server "
                          "capture-agent supervisor", builds)
        self.assertEqual(self.call("run", "--engine", "local", "x.yaml"), 4)
        self.assertEqual(self.calls(), [], "all is current, and Docker is not asked")

    def test_an_engine_that_is_named_is_not_replaced(self):
        self.docker(answers=False)
        self.assertEqual(self.call("run", "x.yaml", DOCKER_HOST="unix:///nowhere"), 3)
        self.assertIn("no Docker engine answers at unix:///nowhere", self.stderr)
        self.assertEqual(self.calls("apt-get", "setsid", "dockerd"), [])

    def test_images_are_built_when_their_sources_changed(self):
        self.call("version")
        self.calls()
        self.assertEqual(self.call("run", "x.yaml"), 4)
        built = [call for call in self.calls("docker") if call.startswith("docker build")]
        self.assertEqual([call.split("--target ")[1].split()[0] for call in built], list(IMAGES))
        self.assertEqual(self.call("run", "x.yaml"), 4)
        self.assertEqual(len(self.calls()), 1, "one question to the engine when all is current")
        (self.tree / "services" / "source.cpp").write_text("2\n")
        self.assertEqual(self.call("run", "x.yaml"), 4)
        self.assertEqual(len([call for call in self.calls("docker") if call.startswith("docker build")]), len(IMAGES))

    def test_only_a_run_on_docker_asks_for_docker(self):
        self.call("version")
        self.calls()
        for arguments in (["run", "--help"], ["run", "--engine", "compose", "x"], ["run", "--engine=compose", "x"],
                          ["verify", "x"], ["doctor"]):
            self.assertEqual(self.call(*arguments), 4)
            self.assertEqual(self.calls(), [], arguments)
        for engine in ("docker", "auto"):
            self.assertEqual(self.call("run", "x", "--engine", engine), 4)
            self.assertTrue(self.calls("docker"), engine)

    def test_stop_engine_ends_no_other_process(self):
        self.call("version")
        state = self.tree / "build" / "state"
        bystander = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
        try:
            (state / "dockerd.pid").write_text(f"{bystander.pid} 1\n")  # that number, but started at another time
            self.assertEqual(self.call("stop-engine"), 0)
            self.assertIsNone(bystander.poll())
            self.assertFalse((state / "dockerd.pid").exists())
        finally:
            bystander.stdin.close()
            bystander.wait()

    def test_works_from_any_folder_and_through_a_link(self):
        (self.folder / "link").symlink_to(self.tree / "echolab")
        result = subprocess.run([self.folder / "link", "version"], cwd="/", text=True, capture_output=True,
                                env={**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"}, check=False)
        self.assertEqual((result.returncode, result.stdout), (4, "program version\n"), result.stderr)


class RunTestTest(unittest.TestCase):
    """tests/support/run-test, through which CTest starts every test."""

    def run_test(self, script, **environment):
        kept = {name: value for name, value in os.environ.items() if name != "CI"}
        result = subprocess.run([ROOT / "tests/support/run-test", "sh", "-c", script], env={**kept, **environment},
                                text=True, capture_output=True, check=False)
        return result.returncode, result.stdout

    def test_a_skip_is_a_failure_only_in_ci(self):
        script = "echo '[  SKIPPED ] no Docker'"
        self.assertEqual(self.run_test(script)[0], 0)
        status, output = self.run_test(script, CI="true")
        self.assertEqual(status, 1)
        self.assertIn("no Docker", output)
        self.assertNotIn("[  SKIPPED ]", output)

    def test_exit_status_and_output_pass_through(self):
        for environment in ({}, {"CI": "true"}):
            self.assertEqual(self.run_test("echo out; exit 5", **environment), (5, "out\n"))


class ShellcheckTest(unittest.TestCase):
    def test_scripts_are_clean(self):
        if shutil.which("shellcheck") is None:
            print("[  SKIPPED ] shellcheck is not installed", flush=True)
            self.skipTest("shellcheck is not installed")
        result = subprocess.run(["shellcheck", "-x", "-a", "echolab", ".ci/run", "tests/support/run-test"], cwd=ROOT,
                                text=True, capture_output=True, check=False)
        self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
