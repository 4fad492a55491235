"""Answers cases, one JSON object a line on standard input, with what the Module Build Service makes of them.

An answer is {"ok": ...} or {"refused": message}. Runs with any Python that has module_build_service, libsolv and
libmodulemd; the database is one in memory. See MbsPeer.test.ts for the cases.
"""
import json
import logging
import os
import sys
from datetime import datetime, timedelta
from unittest import mock

os.environ["MBS_CONFIG_FILE"] = ""
os.environ["MBS_CONFIG_SECTION"] = "TestConfiguration"
answers, sys.stdout = sys.stdout, sys.stderr

import gi  # noqa: E402
import solv  # noqa: E402

gi.require_version("Modulemd", "2.0")
from gi.repository import Modulemd  # noqa: E402

from module_build_service import app, db  # noqa: E402
from module_build_service.common import models, utils  # noqa: E402
from module_build_service.common.config import Config  # noqa: E402
from module_build_service.scheduler import reuse, submit as components  # noqa: E402
from module_build_service.scheduler.db_session import db_session  # noqa: E402
from module_build_service.web import mmd_resolver, mse, submit  # noqa: E402


class RpmPool(solv.Pool):
    """Debian's libsolv compares versions as dpkg does, unless it is told not to."""

    def __init__(self):
        solv.Pool.__init__(self)
        self.setdisttype(solv.Pool.DISTTYPE_RPM)


mmd_resolver.solv = mock.Mock(wraps=solv, Pool=RpmPool, Job=solv.Job, Solver=solv.Solver)
for name in ("REL_EQ", "REL_GT", "REL_OR", "REL_AND", "REL_WITH", "SOLVABLE_PROVIDES", "SOLVABLE_REQUIRES",
             "SOLVABLE_CONFLICTS"):
    setattr(mmd_resolver.solv, name, getattr(solv, name))
logging.disable(logging.CRITICAL)
app.app_context().push()
db_session.configure(bind=db.session.get_bind())
db.create_all()
settings = {
    "allowOnlyCompatibleBaseModules": "allow_only_compatible_base_modules",
    "baseModuleStreamExclusions": "base_module_stream_exclusions",
    "streamSuffixes": "stream_suffixes",
}
epoch = datetime(2020, 1, 1)
# Builders read configuration files when they are imported; only the weights of components are asked of them.
weighing = mock.Mock()
weighing.GenericBuilder.get_build_weights = lambda names: {name: 1.5 for name in names}


def stream(module):
    mmd = Modulemd.ModuleStreamV2.new(module["name"], module["stream"])
    mmd.set_version(int(module.get("version", 1)))
    mmd.set_context(module.get("context"))
    mmd.set_summary("peer")
    mmd.set_description("peer")
    mmd.add_module_license("MIT")
    for element in module.get("dependencies", []):
        dependencies = Modulemd.Dependencies()
        for kind, section in (("buildtime", "buildrequires"), ("runtime", "requires")):
            for name, streams in element.get(section, {}).items():
                getattr(dependencies, "set_empty_%s_dependencies_for_module" % kind)(name)
                for one in streams:
                    getattr(dependencies, "add_%s_stream" % kind)(name, one)
        mmd.add_dependencies(dependencies)
    for component in module.get("components", []):
        rpm = Modulemd.ComponentRpm.new(component["name"])
        rpm.set_rationale("peer")
        rpm.set_repository("https://peer.example/" + component["name"])
        rpm.set_ref(component.get("ref") or "peer")
        rpm.set_buildorder(component.get("buildorder", 0))
        for arch in component.get("arches", []):
            rpm.add_restricted_arch(arch)
        mmd.add_component(rpm)
    if module.get("macros"):
        options = Modulemd.Buildopts()
        options.set_rpm_macros(module["macros"])
        mmd.set_buildopts(options)
    mmd.set_xmd({"mbs": {
        "mse": True,
        "commit": "peer",
        "rpms": {one["name"]: {"ref": one.get("ref") or "peer"} for one in module.get("components", [])},
        "virtual_streams": module.get("virtual_streams", []),
        "buildrequires": {
            name: dict({"ref": "peer", "koji_tag": "peer", "version": "1", "context": "c"}, **recorded)
            for name, recorded in module.get("buildrequires", {}).items()
        },
    }})
    return mmd


def clear():
    db_session.remove()
    for table in reversed(db.metadata.sorted_tables):
        db_session.execute(table.delete())
    db_session.commit()


def store(modules):
    virtual, stored = {}, []
    for module in modules:
        text = utils.mmd_to_str(stream(module))
        contexts = models.ModuleBuild.contexts_from_mmd(text)
        build = models.ModuleBuild(
            id=module.get("id"), name=module["name"], stream=module["stream"], version=str(module.get("version", 1)),
            context=module["context"], state=models.BUILD_STATES[module.get("state", "ready")], scratch=False, batch=0,
            stream_version=models.ModuleBuild.get_stream_version(module["stream"]), owner="peer", modulemd=text,
            koji_tag="peer", scmurl=module.get("scmurl", "https://peer.example/?#1"), time_submitted=epoch,
            time_modified=epoch, time_completed=epoch + timedelta(minutes=module.get("completed", 0)),
            rebuild_strategy=module.get("rebuild_strategy", "all"), build_context=contexts.build_context,
            runtime_context=contexts.runtime_context, build_context_no_bms=contexts.build_context_no_bms)
        for name in module.get("virtual_streams", []):
            virtual.setdefault(name, models.VirtualStream(name=name))
            build.virtual_streams.append(virtual[name])
        for base in stored:
            on = module.get("buildrequires", {}).get(base.name, {})
            if base.name == "platform" and (base.stream, base.version) == (on.get("stream"), on.get("version")):
                build.buildrequires.append(base)
        db_session.add(build)
        db_session.flush()
        for component in module.get("components", []):
            if "batch" in component:
                db_session.add(models.ComponentBuild(
                    module_id=build.id, package=component["name"], format="rpms", scmurl="peer", state=1, ref=component["ref"],
                    nvr=component["name"] + "-1-1", batch=component["batch"]))
        stored.append(build)
    db_session.commit()
    return stored


def expand(case):
    store(case["modules"])
    mmd = stream(case["source"])
    submit._modify_buildtime_streams(db_session, mmd, submit.resolve_base_module_virtual_streams)
    return sorted([
        str(submit.get_prefixed_version(one)), one.get_context(),
        sorted(":".join([name, built["stream"], str(built["version"]), built["context"]])
               for name, built in one.get_xmd()["mbs"]["buildrequires"].items()),
    ] for one in mse.generate_expanded_mmds(db_session, mmd))


def reused(case):
    subject = store(case["modules"] + case["candidates"] + [case["subject"]])[-1]
    with mock.patch.object(Config, "system", new_callable=mock.PropertyMock, return_value="test"):
        found = reuse.get_reusable_module(subject)
        return [found.id if found else None, [
            reuse.get_reusable_component(subject, component["name"]) is not None
            for component in case["subject"]["components"]
        ]]


def batches(case):
    documents = {}

    def document(module):
        mmd = stream({"name": module["name"], "stream": "1", "components": module["rpms"]})
        for included in module["modules"]:
            component = Modulemd.ComponentModule.new(included["name"])
            component.set_rationale("peer")
            component.set_repository("https://peer.example/" + included["name"])
            component.set_ref("peer")
            component.set_buildorder(included["buildorder"])
            mmd.add_component(component)
            documents["https://peer.example/%s?#peer" % included["name"]] = document(included["module"])
        return mmd

    main = document(case["module"])
    build = store([{"name": "main", "stream": "1", "context": "c"}])[0]
    with mock.patch.object(components, "fetch_mmd", side_effect=lambda url, **_: (documents[url], None)), \
            mock.patch.object(components, "format_mmd"), \
            mock.patch.dict(sys.modules, {"module_build_service.builder": weighing}):
        components.record_component_builds(main, build)
    return sorted([one.batch, one.package] for one in build.component_builds)


for line in sys.stdin:
    case = json.loads(line)
    clear()
    configured = [
        mock.patch.object(Config, settings[key], new_callable=mock.PropertyMock, return_value=value, create=True)
        for key, value in dict({"streamSuffixes": {}}, **case.get("settings", {})).items()
    ]
    for one in configured:
        one.start()
    try:
        answer = {"ok": {"expand": expand, "reuse": reused, "batches": batches}[case["op"]](case)}
    except Exception as refusal:
        answer = {"refused": str(refusal)}
    for one in configured:
        one.stop()
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
