"""Drives a server with rpkg, the library under fedpkg and rhpkg: submits, watches, shows and cancels. Prints one JSON line."""
import json
import sys

from pyrpkg import Commands

url, good, slow = sys.argv[1:4]
command = Commands(
    path="/tmp", lookaside="x", lookasidehash="md5", lookaside_cgi="x", gitbaseurl="x", anongiturl="x", branchre=".*",
    kojiprofile="koji", build_client="koji",
)
version = command.module_get_api_version(url + "/module-build-service/1")
command.module_api_url = "{}/module-build-service/{}/".format(url, version)


def submit(scmurl, **options):
    return command.module_submit_build(scmurl, "1", "kerberos", **options)


def watch(ids):
    last = None
    for last in command.get_watched_module_builds(ids):
        pass
    return [build["state_name"] for build in last]


ids = submit(good, optional=[("rebuild_strategy", "only-changed")])
states = watch(ids)
latest = command.module_get_latest_build("good:1")

canceled = submit(slow)
command.module_build_cancel(canceled[0], "kerberos")
after = command.module_get_build(canceled[0])

try:
    submit(good)
    refusal = None
except Exception as error:
    refusal = str(error)

print(json.dumps({
    "version": version, "ids": ids, "states": states, "latest": latest["id"], "strategy": latest["rebuild_strategy"],
    "canceled": [after["state_name"], after["state_reason"]], "refusal": refusal,
}))
