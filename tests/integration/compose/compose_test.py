"""docker-compose.yml: what it says (FileTest), and what it does on real Docker with compose 1.29 (LabTest)."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
FAULTY = "tests/integration/compose/faulty.yml"


def missing_requirement():
    if shutil.which("docker-compose") is None:
        return "docker-compose is not installed"
    answer = subprocess.run(["docker", "version"], capture_output=True, check=False) if shutil.which("docker") else None
    return None if answer and answer.returncode == 0 else "no Docker engine answers"


class FileTest(unittest.TestCase):
    """The compose file against the scenario it is judged by, and against its promises."""

    def setUp(self):
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.scenario = yaml.safe_load((ROOT / "scenarios" / "compose.yaml").read_text())

    def test_clients_send_what_the_scenario_says(self):
        client, server = self.scenario["clients"][0], self.scenario["servers"][0]
        flags = self.services["client"]["command"]
        self.assertEqual(flags[:3], ["echo-client", "echo-server", str(server["port"])])
        self.assertEqual(flags[flags.index("--message") + 1], client["messages"]["text"])
        self.assertEqual(flags[flags.index("--count") + 1], str(client["messages"]["count"]))
        self.assertEqual(self.services["client"]["scale"], client["containers"])
        self.assertEqual(self.services["lab"]["command"][-1], "scenarios/compose.yaml")

    def test_nodes_have_no_more_rights_than_they_need(self):
        granted = {"echo-server": [], "client": [], "capture": ["NET_RAW", "NET_ADMIN", "SETUID", "SETGID"],
                   "lab": ["CHOWN", "DAC_OVERRIDE"]}
        for name, capabilities in granted.items():
            service = self.services[name]
            self.assertEqual(service["cap_drop"], ["ALL"], name)
            self.assertEqual(service.get("cap_add", []), capabilities, name)
            self.assertTrue(service["read_only"], name)
            self.assertIn("no-new-privileges:true", service["security_opt"], name)
            self.assertNotIn("privileged", service, name)
            self.assertNotIn("ports", service, name)

    def test_only_the_controller_mounts_the_socket(self):
        for name, service in self.services.items():
            mounts = any("docker.sock" in volume for volume in service["volumes"])
            self.assertEqual(mounts, name == "controller", name)
        self.assertEqual(self.services["controller"]["profiles"], ["controller"])


class LabTest(unittest.TestCase):
    """Projects of their own name, network and artifacts folder; everything is removed at the end."""

    @classmethod
    def setUpClass(cls):
        reason = missing_requirement()
        if reason:
            print(f"[  SKIPPED ] {reason}", flush=True)
            raise unittest.SkipTest(reason)

    def setUp(self):
        self.artifacts = pathlib.Path(tempfile.mkdtemp(prefix="echolab-compose-"))
        self.addCleanup(shutil.rmtree, self.artifacts)
        self.artifacts.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(self.artifacts, 65534, 65534)
        number = random.SystemRandom().randrange(0x4000)
        self.environment = {**os.environ, "COMPOSE_PROJECT_NAME": f"echolab-test-{number:04x}",
                            "ECHOLAB_SUBNET": f"198.19.{number >> 6}.{(number & 0x3) << 6}/26",
                            "ECHOLAB_ARTIFACTS": str(self.artifacts)}
        self.addCleanup(self.compose, "down", "--volumes", "--timeout", "5")

    def compose(self, *arguments, files=("docker-compose.yml",)):
        options = [option for file in files for option in ("-f", file)]
        result = subprocess.run(["docker-compose", "--project-directory", str(ROOT), *options, *arguments], cwd=ROOT,
                                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, check=False)
        self.output = result.stdout
        return result.returncode

    def runs(self):
        return sorted(folder for folder in self.artifacts.iterdir() if folder.name != "latest")

    def result(self):
        return json.loads((self.artifacts / "latest" / "result.json").read_text())

    def test_up_passes_again_and_again_and_scales(self):
        up = ("up", "--build", "--exit-code-from", "lab")
        self.assertEqual(self.compose(*up), 0, self.output)
        self.assertEqual(len(self.result()["clients"]), 2)
        self.assertIn("PASSED", self.output)
        run = self.runs()[0]
        self.assertEqual({file.lstat().st_uid for file in run.rglob("*")}, {self.artifacts.stat().st_uid},
                         "whoever owns ./artifacts can remove what is in it")
        self.assertEqual(self.compose(*up), 0, "what the first run left confused the second: " + self.output)
        self.assertEqual(self.compose(*up, "--scale", "client=20"), 0, self.output)
        self.assertEqual(len(self.result()["clients"]), 20)
        self.assertEqual(len(self.runs()), 3)

    def test_an_altered_byte_fails(self):
        files = ("docker-compose.yml", FAULTY)
        self.assertEqual(self.compose("up", "--build", "--exit-code-from", "lab", files=files), 1, self.output)
        self.assertEqual(self.result()["verdict"], "failed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
