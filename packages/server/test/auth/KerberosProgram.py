"""Submits a module and cancels it with rpkg by Kerberos, and asks who it is by requests-gssapi. Prints one JSON line."""
import json
import sys

import requests
import requests_gssapi
from pyrpkg import Commands

url, scmurl, other = sys.argv[1:4]
command = Commands(
    path="/tmp", lookaside="x", lookasidehash="md5", lookaside_cgi="x", gitbaseurl="x", anongiturl="x", branchre=".*",
    kojiprofile="koji", build_client="koji",
)
command.module_api_url = url + "/module-build-service/2/"

try:
    ids = command.module_submit_build(scmurl, "1", "kerberos")
    owner = command.module_get_build(ids[0])["owner"]
    refusal = None
except Exception as error:
    ids, owner, refusal = [], None, str(error)

try:
    command.module_build_cancel(int(other), "kerberos")
    cancel = None
except Exception as error:
    cancel = str(error)

# The strict way: the server has to prove that it is the one that was asked.
auth = requests_gssapi.HTTPSPNEGOAuth(mutual_authentication=requests_gssapi.REQUIRED)
caller = requests.get(url + "/orch/v1/caller", auth=auth)
print(json.dumps({
    "ids": ids, "owner": owner, "refusal": refusal, "cancel": cancel,
    "caller": [caller.status_code, caller.json()],
    "method": requests.get(url + "/module-build-service/2/about/").json()["auth_method"],
}))
