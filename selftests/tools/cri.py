#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A client of the container runtime interface: a request a line on stdin, its answer a line on stdout.

    cri.py SOCKET FOLDER-OF-API_PB2

    run NAME NAMESPACE [HOSTPORT:PORT]   a pod: its sandbox's id
    many PREFIX COUNT                    that many pods at once, PREFIX1 and so on: "MADE of COUNT"
    ip ID                                a sandbox's addresses
    start ID IMAGE COMMAND...            a container in that sandbox: its id
    exec ID COMMAND...                   in that container: its exit code and what it printed
    list                                 the ids of all sandboxes
    remove ID                            stops a sandbox and removes it
    clear                                removes all sandboxes at once: "REMOVED of COUNT"
    ready                                whether the network is: "true", or "false" and why

An answer opens with "ok" or "error".
"""
import concurrent.futures
import sys

import grpc

sys.path.insert(0, sys.argv[2])
import api_pb2 as api  # pylint: disable=wrong-import-position,import-error

channel = grpc.insecure_channel("unix://" + sys.argv[1])


def call(method, **fields):
    """The runtime's answer to METHOD, a request of these fields."""
    request = getattr(api, method + "Request")(**fields)
    answer = getattr(api, method + "Response")
    ask = channel.unary_unary("/runtime.v1.RuntimeService/" + method, type(request).SerializeToString, answer.FromString)
    return ask(request, timeout=900, wait_for_ready=True)  # an emulator makes a pod a second


def pod_config(name, namespace="default", ports=""):
    """A sandbox as the kubelet describes it."""
    config = api.PodSandboxConfig(
        metadata={"name": name, "namespace": namespace, "uid": "uid-" + name, "attempt": 0},
        hostname=name, log_directory="/run/pods/" + name, linux={})
    if ports:
        host, pod = ports.split(":")
        config.port_mappings.add(protocol=api.TCP, host_port=int(host), container_port=int(pod))
    return config


configs = {}


def run(*args):
    config = pod_config(*args)
    pod = call("RunPodSandbox", config=config).pod_sandbox_id
    configs[pod] = config
    return pod


def at_once(function, items):
    """How many of the items the function does not fail for, all at once."""
    def succeeds(item):
        try:
            function(item)
            return True
        except grpc.RpcError as error:
            print(error.details(), file=sys.stderr)
            return False

    items = list(items)
    with concurrent.futures.ThreadPoolExecutor(max(len(items), 1)) as pool:
        return f"{sum(pool.map(succeeds, items))} of {len(items)}"


def many(prefix, count):
    return at_once(run, (prefix + str(i + 1) for i in range(int(count))))


def ip(pod):
    network = call("PodSandboxStatus", pod_sandbox_id=pod).status.network
    return " ".join([network.ip] + [more.ip for more in network.additional_ips])


def start(pod, image, *command):
    config = api.ContainerConfig(metadata={"name": "main"}, image={"image": image}, command=command, linux={})
    container = call("CreateContainer", pod_sandbox_id=pod, config=config, sandbox_config=configs[pod]).container_id
    call("StartContainer", container_id=container)
    return container


def execute(container, *command):
    answer = call("ExecSync", container_id=container, cmd=command, timeout=60)
    return f"{answer.exit_code} {(answer.stdout + answer.stderr).decode()}"


def listing():
    return " ".join(item.id for item in call("ListPodSandbox").items)


def remove(pod):
    call("StopPodSandbox", pod_sandbox_id=pod)
    call("RemovePodSandbox", pod_sandbox_id=pod)
    return pod


def clear():
    return at_once(remove, listing().split())


def ready():
    network = next(c for c in call("Status").status.conditions if c.type == "NetworkReady")
    return "true" if network.status else f"false {network.reason}: {network.message}"


COMMANDS = {"run": run, "many": many, "ip": ip, "start": start, "exec": execute, "list": listing, "remove": remove,
            "clear": clear, "ready": ready}

for line in sys.stdin:
    words = line.split()
    try:
        said = "ok " + COMMANDS[words[0]](*words[1:])
    except grpc.RpcError as error:
        said = "error " + error.details()
    except (KeyError, TypeError, ValueError) as error:
        said = f"error {line.strip()}: {error}"
    print(said.replace("\n", " "), flush=True)
