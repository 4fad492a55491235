/**
 * The lists of every face: for each the page that the others are held against, and every filter and order that it knows, on its first
 * page, in the middle and at the end.
 */
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as QuestionForms from "./QuestionForms.ts"
import { at, type List } from "./QuestionForms.ts"
import * as QuestionsOfFaces from "./QuestionsOfFaces.ts"
import * as QuestionsOfOthers from "./QuestionsOfOthers.ts"

const orders = (columns: ReadonlyArray<string>): ReadonlyArray<string> =>
  columns.flatMap((column) => [`order_by=${column}`, `order_desc_by=${column}`])

const pages = (query: string, last: number): ReadonlyArray<string> => QuestionForms.pages("page", query, last)

/** A build that is there whatever the size; its packages have this prefix. */
const some = (size: number) => {
  const build = Math.floor(size / 24) * 12 + 5
  const prefix = `p${(build * 7919) % 500}`
  return { build, prefix, module: `module-${build % 500}`, stream: `s${build % 7}` }
}

const mbs = "/module-build-service/1"

const modules = (size: number): List => {
  const { build, module, prefix, stream } = some(size)
  const last = Math.floor(size / 10)
  const tag = `${module}-${stream}-${20_200_101_000_000 + build}`
  return {
    name: "MBS module builds",
    first: `${mbs}/module-builds/`,
    questions: at(`${mbs}/module-builds/`, [
      ...pages("", last),
      "per_page=100",
      "per_page=100&verbose=true",
      ...orders(MbsQuery.moduleColumns),
      ...pages("order_by=name", last),
      ...pages("order_desc_by=time_modified", last),
      ...pages("order_by=koji_tag", last),
      ...pages("order_by=state_reason", last),
      "order_by=name&order_by=stream&order_by=version",
      ...["init", "wait", "build", "done", "failed", "ready", "garbage"].map((state) => `state=${state}`),
      ...pages("state=ready", Math.floor(last * 0.85)),
      ...pages("state=failed", Math.floor(last / 13)),
      "state=failed&state=garbage",
      `name=${module}`,
      "name=nobody",
      `name=${module}&stream=${stream}`,
      `stream=${stream}`,
      ...pages(`stream=${stream}`, Math.floor(last / 8)),
      `version=${20_200_101_000_000 + build}`,
      `nsvc=${module}:${stream}`,
      "context=c4ca4238",
      "owner=owner-7",
      "owner=nobody",
      "scratch=true",
      "scratch=false",
      `koji_tag=module-${tag}-nothing`,
      "cg_build_koji_tag=el7-modular-candidate",
      "build_context=0cc175b9c0f1b6a831c399e269772661",
      "build_context_no_bms=nothing",
      "runtime_context=nothing",
      "scmurl=https://src.example.org/modules/nothing",
      "state_reason=nothing",
      "modulemd=nothing",
      "srpms=[]",
      "rebuild_strategy=all",
      "rebuild_strategy=only-changed",
      "reused_module_id=7",
      "new_repo_task_id=7",
      "batch=4",
      "batch=0",
      "stream_version=80100",
      "stream_version_lte=80500",
      "virtual_stream=el1",
      "virtual_stream=nothing",
      `rpm=${prefix}c3-1-${build}.x86_64.rpm`,
      "rpm=nothing-1-1.x86_64.rpm",
      "submitted_after=2026-01-01T00:00:00Z",
      "submitted_before=2000-01-01T00:00:00Z",
      "modified_after=2099-01-01T00:00:00Z",
      "modified_before=2099-01-01T00:00:00Z",
      "completed_after=2026-10-01T00:00:00Z",
      "completed_before=2000-01-01T00:00:00Z",
      "base_module_br_name=platform",
      "base_module_br_name=nothing",
      "base_module_br_name=platform&base_module_br_stream=el7",
      "base_module_br_stream_version_lte=80500",
      "base_module_br_stream_version_gte=99999",
      `state=ready&name=${module}&order_desc_by=time_completed`,
      "owner=owner-7&order_by=time_modified",
      "state=failed&order_desc_by=time_completed"
    ])
  }
}

const components = (size: number): List => {
  const { build, prefix } = some(size)
  const last = 2 * size
  return {
    name: "MBS component builds",
    first: `${mbs}/component-builds/`,
    questions: at(`${mbs}/component-builds/`, [
      "page=9900",
      ...pages("", last),
      "per_page=100",
      "per_page=100&verbose=true",
      ...orders(MbsQuery.componentColumns),
      ...pages("order_by=task_id", last),
      ...pages("order_by=package", last),
      "order_by=module_id&order_by=batch",
      ...["building", "complete", "deleted", "failed", "canceled"].map((state) => `state=${state}`),
      "state=0",
      ...pages("state=1", Math.floor(last * 0.9)),
      "state=failed&state=building",
      `package=${prefix}c3`,
      "package=nothing",
      "scmurl=nothing",
      "format=rpms",
      "format=nothing",
      `task_id=${build * 25 + 3}`,
      "task_id=nothing",
      "ref=0cc175b9c0f1b6a831c399e2697726610cc175b9",
      "ref=nothing",
      "state_reason=nothing",
      `nvr=${prefix}c3-1-${build}`,
      "nvr=nothing",
      "tagged=true",
      "tagged=false",
      "tagged_in_final=false",
      "build_time_only=true",
      "buildonly=true",
      "batch=3",
      "batch=77",
      `module_build=${build + 100}`,
      `module_id=${build + 100}&order_by=batch`,
      "reused_component_id=7",
      "weight=3",
      "weight=77",
      `state=complete&package=${prefix}c3`
    ])
  }
}

const orch = (size: number): ReadonlyArray<List> => {
  const { build, module, prefix, stream } = some(size)
  const filters = [
    "state=failed",
    "state=wait",
    "state=build",
    "state=ready",
    `name=${module}`,
    "name=nothing",
    `stream=${stream}`,
    "stream=nothing",
    "owner=owner-7",
    `owner=owner-7&state=failed`,
    `name=${module}&stream=${stream}&state=ready`
  ]
  const offsets = [`offset=${Math.floor(size / 2)}`, `offset=${size - 20}`]
  const words = [
    "state:failed",
    "state:running",
    "state:ended",
    "kind:scratch",
    "kind:module",
    `name:${module}`,
    "name:module-4*",
    "name:nothing",
    `stream:${stream}`,
    "stream:nothing*",
    "context:c4ca4238",
    "owner:owner-7",
    "owner:nobody",
    "owner:own*",
    "platform:el9",
    "platform:nothing",
    "arch:x86_64",
    "arch:s390x",
    `package:${prefix}c3`,
    "package:nothing",
    "package:p4*",
    "commit:0cc175b9c0",
    "commit:nothing0".replace("nothing0", "0000000000"),
    "since:7d",
    "took:>1h",
    "took:<1s",
    "needs:person",
    module,
    "nothing",
    "-state:ready",
    `state:failed owner:owner-7 ${module}`
  ].map((text) => `q=${encodeURIComponent(text)}`)
  return [
    {
      name: "orch module builds",
      first: "/orch/v1/module-builds/",
      questions: at("/orch/v1/module-builds/", ["limit=1000", ...offsets, ...filters, `state=ready&${offsets[0]}`])
    },
    {
      name: "rida module builds",
      first: "/rida/module-builds/",
      questions: at("/rida/module-builds/", [...offsets, "state=failed", "state=build"])
    },
    {
      name: "feed",
      first: "/orch/v1/feed/",
      questions: [
        ...at("/orch/v1/feed/", [`before=${Math.floor(size / 2)}`, "before=100", ...words]),
        ...at("/orch/v1/feed/counts", ["q=state:failed", "q=nothing", words.slice(0, 20).join("&")])
      ]
    },
    {
      name: "search",
      first: `/orch/v1/search?q=${build + 100}`,
      questions: at("/orch/v1/search", [`q=${module}`, `q=${prefix}c3`, "q=0cc175b9c0", "q=nothing", "q=p"])
    },
    {
      name: "one build",
      first: `/orch/v1/module-builds/${build + 100}`,
      questions: [
        `/orch/v1/module-builds/${build + 100}/explain`,
        `${mbs}/module-builds/${build + 100}?verbose=true`,
        `${mbs}/module-builds/${build + 100}/messages`,
        `${mbs}/module-builds/${size - 900}/messages`
      ]
    },
    {
      name: "operations",
      first: "/orch/v1/caller",
      questions: [
        "/orch/v1/health",
        "/orch/v1/dead-letters",
        "/orch/v1/farm/",
        "/orch/v1/farm/queue"
      ]
    }
  ]
}

const shaman = (repositories: number): List => ({
  name: "repositories",
  first: "/orch/v1/repositories",
  questions: [
    ...at("/orch/v1/repositories", [
      "limit=100",
      "project=ceph",
      "project=nothing",
      "ref=main",
      "ref=wip-7",
      "ref=nothing",
      "flavor=debug",
      "flavor=nothing",
      "status=ready",
      "status=failed",
      "distros=centos/9",
      "distros=centos/7,debian/12",
      "distros=nothing",
      "arch=arm64",
      "arch=s390x",
      "sha1=latest",
      `before=${Math.floor(repositories / 2)}`,
      "before=100",
      "ref=main&status=failed",
      "project=ceph&distros=centos/9/x86_64&flavor=crimson"
    ]),
    ...at("/api/search/", [
      "project=ceph",
      "project=ceph&ref=main",
      "project=ceph&ref=nothing",
      "status=ready&project=ceph&flavor=default&distros=centos%2F9%2Fx86_64&ref=hundred",
      "project=ceph&sha1=latest&distros=centos/8,centos/9"
    ]),
    ...at("/api/repos/", [""]),
    ...at("/api/repos/ceph/", [""]),
    ...at("/api/repos/ceph/main/", [""])
  ]
})

/** All lists over this many builds and repositories. */
export const lists = (size: number, repositories: number): ReadonlyArray<List> => [
  modules(size),
  components(size),
  ...orch(size),
  ...(repositories === 0 ? [] : [shaman(repositories)]),
  ...QuestionsOfFaces.lists(size),
  ...QuestionsOfOthers.lists(size)
]
