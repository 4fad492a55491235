"""Drives a server with rpkg, the library under fedpkg and rhpkg: submits, watches, shows and cancels. Prints one JSON line."""
import contextlib
import io
import json
import sys

from pyrpkg import Commands

url, good, slow, file = sys.argv[1:5]
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

scratch = submit(None, scratch=True, modulemd=file, optional=[("module_stream", "1")])
scratched = watch(scratch)

# What people see is printed; the hub is only asked for the address of its pages.
command.load_kojisession = lambda anon=False: None
command._kojiweburl = "http://koji.example.org"
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    command.module_build_info(ids[0])
    command.module_overview(limit=5)

print(json.dumps({
    "scratch": scratched, "printed": printed.getvalue(),
    "version": version, "ids": ids, "states": states, "latest": latest["id"], "strategy": latest["rebuild_strategy"],
    "canceled": [after["state_name"], after["state_reason"]], "refusal": refusal,
}))
