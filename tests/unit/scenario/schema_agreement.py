"""The JSON Schema judges the corpus like the validator: good scenarios pass, bad ones fail, and the bad ones that no
schema can catch (they need two values, a name, the file system) are listed by name, so that the list cannot rot."""
import glob
import json
import os
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error} (Debian: python3-jsonschema, python3-yaml)")
    sys.exit(77)

# Mistakes that no schema expresses: references between values, sums, message texts, the file system.
BEYOND_A_SCHEMA = set("""
    capture-too-small check-any-number-of-lines check-limits-swapped check-not-in-cp949 check-of-another-group-protocol
    check-of-another-protocol check-regular-expression check-requires-cycle check-requires-itself check-requires-unknown
    check-served-at-once-alone check-served-at-once-single check-text-variables check-too-slow-to-be-in-time
    check-unknown-group datagram-too-large duplicate-names duration-out-of-range
    family-left-open family-not-there local-port-overflow  protocol-left-open protocol-not-spoken
    retries-over-tcp submission-nothing-to-do submission-not-said submission-typed-client submission-unknown-variable
    submission-sizes-swapped sending-takes-too-long subnet-family subnet-not-for-labs subnet-overlap subnet-too-small
    tcp-keys-over-udp template-braces text-too-long timeout-over-run too-many-clients too-many-messages too-many-nodes
    unknown-default-network unknown-network unknown-server unknown-variable unused-network
""".split())


class Loader(yaml.SafeLoader):
    """YAML 1.2 core schema, like editors and like echolab; PyYAML by itself reads YAML 1.1 (yes, 0o7, 1:30)."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if not isinstance(key, (str, int, float, bool)) or keys.count(key) > 1:
                raise yaml.YAMLError(f"duplicate or complex key {key}")
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def is_accepted(path, validator):
    with open(path, "rb") as file:
        content = file.read()
    try:
        document = yaml.load(content.decode("utf-8"), Loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return False
    return next(validator.iter_errors(document), None) is None


def main():
    with open("share/echolab/scenario.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = []
    good = glob.glob("scenarios/**/*.yaml", recursive=True)
    bad = glob.glob("tests/golden/scenario/bad/*.yaml")
    for path in good:
        if not is_accepted(path, validator):
            wrong.append(f"{path}: the schema refuses a good scenario")
    names = set()
    for path in bad:
        name = os.path.splitext(os.path.basename(path))[0]
        names.add(name)
        expected = name in BEYOND_A_SCHEMA
        if is_accepted(path, validator) != expected:
            wrong.append(f"{path}: the schema {'refuses' if expected else 'accepts'} it")
    wrong += [f"{name}: listed here, but there is no such file" for name in BEYOND_A_SCHEMA - names]
    print("\n".join(sorted(wrong)) or f"schema and validator agree on {len(good)} good and {len(bad)} bad files")
    return 1 if wrong or not good or not bad else 0


if __name__ == "__main__":
    sys.exit(main())
