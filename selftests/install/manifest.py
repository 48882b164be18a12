#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Judges manifests of Kubernetes, and reads what they ask for.

    manifest.py check SWAGGER FILE...       each document against the API, in which no other field is known than it has;
                                            and what refers to what: volumes, service accounts, labels, config maps
    manifest.py field FILE KIND PATH...     what stands there, as JSON: a number is a place in a list, a name one in a list
                                            of objects that have names
    manifest.py podman FILE CONTAINER GIVEN what podman is told, an argument a line, to run that container of the DaemonSet
                                            as a node would: capabilities, mounts, user, network, environment, command, but
                                            for the limits of resources. GIVEN has NODE_NAME, a file, and a folder for each
                                            volume that is not the node's
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


def documents(path):
    """The file's documents; a key that stands twice in an object is refused, as the API's strict mode does."""
    with open(path, encoding="utf-8") as file:
        return [document for document in yaml.load_all(file, Loader=Strict) if document]


class Strict(yaml.SafeLoader):
    """YAML as Kubernetes reads it."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key!r} stands twice, in line {node.start_mark.line + 1} and below")
        return super().construct_mapping(node, deep=deep)


def strict(definitions):
    """The API's schema as JSON schema has it: closed, and with its two kinds of values that are not what they seem."""
    for definition in definitions.values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    for name in definitions:
        if name.endswith(".IntOrString"):
            definitions[name] = {"type": ["integer", "string"]}
        elif name.endswith(".Quantity"):
            definitions[name] = {"type": ["number", "string"], "pattern": r"^[+-]?[0-9.]+([eE][+-]?[0-9]+|[KMGTPE]i?|[mkun])?$"}
    return definitions


def schema_faults(document, definitions):
    """What the API would say of the document's fields."""
    group, _, version = str(document.get("apiVersion")).rpartition("/")
    known = {"group": group, "version": version, "kind": document.get("kind")}
    for name, definition in definitions.items():
        if known in definition.get("x-kubernetes-group-version-kind", []):
            schema = {"$ref": "#/definitions/" + name, "definitions": definitions}
            for error in jsonschema.Draft4Validator(schema).iter_errors(document):
                yield "/".join(map(str, error.absolute_path)) + ": " + error.message[:200]
            return
    yield f"the API knows no {known['kind']} of {document.get('apiVersion')}"


def reference_faults(every, workload):
    """What the workload refers to and is not there."""
    spec = workload["spec"]["template"]["spec"]
    containers = spec.get("initContainers", []) + spec["containers"]
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    names = {(document["kind"], document["metadata"].get("namespace"), document["metadata"]["name"]) for document in every}
    space = workload["metadata"].get("namespace")
    mounted = set()

    for container in containers:
        for mount in container.get("volumeMounts", []):
            mounted.add(mount["name"])
            if mount["name"] not in volumes:
                yield f"{container['name']}: there is no volume {mount['name']!r}"
        if len({mount["mountPath"] for mount in container.get("volumeMounts", [])}) != len(container.get("volumeMounts", [])):
            yield f"{container['name']}: two volumes are mounted at one path"
    for name in volumes.keys() - mounted:
        yield f"volume {name!r} is mounted nowhere"
    for volume in volumes.values():
        if "configMap" in volume and ("ConfigMap", space, volume["configMap"]["name"]) not in names:
            yield f"there is no ConfigMap {volume['configMap']['name']!r}"
    if ("ServiceAccount", space, spec.get("serviceAccountName")) not in names:
        yield f"there is no ServiceAccount {spec.get('serviceAccountName')!r}"
    if ("Namespace", None, space) not in names:
        yield f"there is no Namespace {space!r}"
    labels = workload["spec"]["template"]["metadata"]["labels"]
    if not workload["spec"]["selector"]["matchLabels"].items() <= labels.items():
        yield "the selector does not select the template's labels"


def binding_faults(every, binding):
    """What a binding of a role refers to and is not there."""
    names = {(document["kind"], document["metadata"].get("namespace"), document["metadata"]["name"]) for document in every}
    if (binding["roleRef"]["kind"], None, binding["roleRef"]["name"]) not in names:
        yield f"there is no {binding['roleRef']['kind']} {binding['roleRef']['name']!r}"
    for subject in binding["subjects"]:
        if (subject["kind"], subject.get("namespace"), subject["name"]) not in names:
            yield f"there is no {subject['kind']} {subject['name']!r}"


def check(swagger, *paths):
    """Prints each fault, with where it is; returns how many there are."""
    with open(swagger, encoding="utf-8") as file:
        definitions = strict(json.load(file)["definitions"])
    faults = 0
    for path in paths:
        try:
            every = documents(path)
        except yaml.YAMLError as error:
            every = []
            faults += 1
            print(f"{path}: {error}")
        for document in every:
            found = list(schema_faults(document, definitions))
            if not found and document["kind"] in ("DaemonSet", "Deployment"):
                found = list(reference_faults(every, document))
            if not found and document["kind"] == "ClusterRoleBinding":
                found = list(binding_faults(every, document))
            faults += len(found)
            for fault in found:
                print(f"{path}: {document.get('kind')}: {fault}")
    return faults


def field(path, kind, *steps):
    """Prints a value of the first document of that kind."""
    value = next(document for document in documents(path) if document["kind"] == kind)
    for step in steps:
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() else next(item for item in value if item["name"] == step)
        else:
            value = value[step]
    print(json.dumps(value))
    return 0


def mounts(container, volumes, given):
    """Its volumes, the node's folders under their own names."""
    for mount in container.get("volumeMounts", []):
        host = volumes[mount["name"]].get("hostPath")
        where = pathlib.Path(host["path"] if host else given / mount["name"])
        yield f"--volume={where}:{mount['mountPath']}" + (":ro" if mount.get("readOnly") else "")


def environment(container, given):
    """Its variables; of the fields that a node fills in, those that we use."""
    for variable in container.get("env", []):
        value = variable.get("value")
        if value is None:
            assert variable["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}
            value = (given / "NODE_NAME").read_text(encoding="utf-8").strip()
        yield variable["name"], value


def podman(path, name, given):
    """Prints the arguments, up to the image and what is said behind it, which "--" parts."""
    spec = next(document for document in documents(path) if document["kind"] == "DaemonSet")["spec"]["template"]["spec"]
    container = next(one for one in spec["initContainers"] + spec["containers"] if one["name"] == name)
    context = container["securityContext"]
    given = pathlib.Path(given)
    variables = dict(environment(container, given))

    arguments = ["--cap-drop=" + one for one in context["capabilities"].get("drop", [])]
    arguments += ["--cap-add=" + one for one in context["capabilities"].get("add", [])]
    if not context["allowPrivilegeEscalation"]:
        arguments.append("--security-opt=no-new-privileges")
    if context.get("readOnlyRootFilesystem"):
        arguments += ["--read-only", "--read-only-tmpfs=false"]
    if "runAsUser" in context:
        arguments.append(f"--user={context['runAsUser']}:{context['runAsGroup']}")
    if spec["hostNetwork"]:
        arguments.append("--network=host")
    arguments += mounts(container, {volume["name"]: volume for volume in spec["volumes"]}, given)
    arguments += [f"--env={key}={value}" for key, value in variables.items()]
    command = [re.sub(r"\$\((\w+)\)", lambda match: variables[match[1]], word) for word in container["command"]]
    print("\n".join(arguments + ["--"] + command))
    return 0


if __name__ == "__main__":
    sys.exit(bool({"check": check, "field": field, "podman": podman}[sys.argv[1]](*sys.argv[2:])))
