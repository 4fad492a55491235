/** The lists of the faces beside that of module builds: package builds, results and waivers, PDC's records. */
import { at, type List, pages } from "./QuestionForms.ts"

const packageBuilds = (size: number): List => {
  const last = Math.floor(size * 0.97 / 10)
  const page = (query: string) => `${query}&pageNumber=1`
  return {
    name: "AlmaLinux builds",
    first: "/api/v1/builds/?pageNumber=1",
    questions: at("/api/v1/builds/", [
      "pageNumber=0",
      ...pages("pageNumber", "", last),
      page("created_by=7"),
      page("created_by=99999"),
      page("project=rpms/pkg-77.git"),
      page("project=nothing"),
      page("project=pkg"),
      page("ref=c7"),
      page("ref=nothing"),
      page("rpm_name=pkg-77"),
      page("rpm_name=pkg-77&rpm_version=1.27"),
      page("rpm_name=nothing"),
      page("rpm_arch=aarch64"),
      page("rpm_epoch=0"),
      page("rpm_release=77"),
      page("platform_id=2"),
      page("platform_id=99"),
      ...pages("pageNumber", "platform_id=2", Math.floor(last / 4)),
      page("build_task_arch=aarch64"),
      page("build_task_arch=s390x"),
      ...pages("pageNumber", "build_task_arch=aarch64", Math.floor(last * 0.66)),
      page("released=true"),
      page("released=false"),
      ...pages("pageNumber", "released=true", Math.floor(last / 9)),
      page("signed=true"),
      page("signed=false"),
      page("is_running=true"),
      page("is_running=false"),
      ...pages("pageNumber", "is_running=false", last),
      page("signed=true&released=true&platform_id=1"),
      page("project=pkg-7&ref=c7&build_task_arch=aarch64")
    ])
  }
}

const beside = (size: number): ReadonlyArray<List> => [
  {
    name: "package builds",
    first: "/orch/v1/package-builds/",
    questions: at("/orch/v1/package-builds/", [`offset=${Math.floor(size / 2)}`, `offset=${Math.floor(size * 0.97)}`])
  },
  {
    name: "products",
    first: "/api/v1/products/?pageNumber=1",
    questions: at("/api/v1/products/", [
      ...pages("pageNumber", "", 200),
      "pageNumber=1&search_string=product-77",
      "pageNumber=1&search_string=nothing"
    ])
  },
  {
    name: "teams",
    first: "/api/v1/teams/?pageNumber=1",
    questions: at("/api/v1/teams/", pages("pageNumber", "", 200))
  }
]

const gates = (size: number): ReadonlyArray<List> => {
  const results = size * 3
  const item = `pkg-${Math.floor(results / 20) * 10 % 5000}-1-${Math.floor(results / 20)}`
  return [
    {
      name: "results",
      first: "/api/v2.0/results",
      questions: [
        ...at("/api/v2.0/results", [
          "limit=100",
          ...pages("page", "", Math.floor(results / 20) - 1),
          "_sort=asc:submit_time",
          ...pages("page", "_sort=asc:submit_time", Math.floor(results / 20) - 1),
          "outcome=FAILED",
          "outcome=ERROR",
          "outcome=FAILED,INFO",
          ...pages("page", "outcome=FAILED", Math.floor(results / 80) - 1),
          "testcases=dist.test-77",
          "testcases=nothing",
          "testcases:like=dist.test-77*",
          "testcases:like=*-77",
          "testcases:like=nothing*",
          "testcases=dist.test-77&outcome=INFO",
          "groups=group-77",
          "groups=nothing",
          "since=2020-03-01T00:00:00",
          "since=2020-01-01T00:00:00,2020-01-02T00:00:00",
          "since=2099-01-01T00:00:00",
          `item=${item}`,
          "item=nothing",
          "item:like=pkg-77-*",
          "item:like=nothing*",
          "type=koji_build",
          "type=koji_build&arch=aarch64",
          "arch=s390x",
          ...pages("page", "arch=aarch64", Math.floor(results / 40) - 1),
          `item=${item}&type=koji_build&outcome=PASSED`
        ]),
        ...at("/api/v2.0/results/latest", [`item=${item}`, "testcases=dist.test-77", `item=${item}&_distinct_on=arch`])
      ]
    },
    {
      name: "tests and groups",
      first: "/api/v2.0/testcases",
      questions: [
        ...at("/api/v2.0/testcases", [...pages("page", "", 99), "name:like=*-77", "name=nothing"]),
        ...at("/api/v2.0/groups", [
          "",
          ...pages("page", "", 999),
          "description=group%2077",
          "description:like=*77",
          "uuid=group-77"
        ])
      ]
    },
    {
      name: "waivers",
      first: "/api/v1.0/waivers/",
      questions: at("/api/v1.0/waivers/", [
        ...pages("page", "", Math.floor(size / 10)),
        "include_obsolete=1",
        ...pages("page", "include_obsolete=1", Math.floor(size / 10)),
        "subject_type=koji_build",
        "subject_identifier=pkg-77-1-25",
        "subject_identifier=nothing",
        "testcase=dist.test-77",
        "testcase=nothing",
        "product_version=el7",
        "product_version=nothing",
        "username=owner-7",
        "username=nobody",
        "proxied_by=bodhi",
        "since=2020-03-01T00:00:00",
        "since=2099-01-01T00:00:00",
        "product_version=el7&username=owner-7"
      ])
    },
    {
      name: "gates",
      first: "/orch/v1/gates/waivers",
      questions: [
        ...at("/orch/v1/gates/waivers", ["subject=pkg-77-1-25", "subject=nothing", "test=dist.test-77"]),
        `/orch/v1/gates/decisions?subject_type=koji_build&subject=${item}`
      ]
    }
  ]
}

const pdc = (size: number): ReadonlyArray<List> => {
  const path = "/rest_api/v1"
  const half = Math.floor(size / 2 / 20)
  // Those that somebody told of, and those of own builds.
  const modules = Math.floor(size * 1.3 / 20)
  return [
    {
      name: "PDC modules",
      first: `${path}/modules/`,
      questions: at(`${path}/modules/`, [
        ...pages("page", "", modules),
        "page_size=100",
        "name=module-77",
        "name=nothing",
        "name=module-77&stream=s3",
        "stream=s3",
        "version=77",
        "active=true",
        "active=false",
        ...pages("page", "active=true", Math.floor(modules * 0.9)),
        "koji_tag=tag-77",
        "koji_tag=nothing",
        "runtime_dep_name=platform",
        "runtime_dep_name=platform&runtime_dep_stream=el7",
        "build_dep_name=nothing",
        "component_name=pkg-77",
        "component_branch=nothing",
        "rpm_filename=pkg-77-1-77.x86_64.rpm",
        "rpm_filename=nothing-1-1.x86_64.rpm",
        "ordering=-uid"
      ])
    },
    {
      name: "PDC relationships",
      first: `${path}/release-component-relationships/`,
      questions: at(`${path}/release-component-relationships/`, [
        ...pages("page", "", size / 10),
        "type=bundles",
        "type=nothing",
        "from_component_name=pkg-77",
        "from_component_release=el-7",
        ...pages("page", "from_component_release=el-7", size / 100),
        "to_component_name=pkg-77",
        "to_component_release=nothing",
        "from_component_name=nothing",
        "type=bundles&from_component_release=el-7&to_component_release=el-3"
      ])
    },
    {
      name: "PDC components",
      first: `${path}/release-components/`,
      questions: [
        ...at(`${path}/release-components/`, [
          ...pages("page", "", half),
          "name=pkg-77",
          "release=el-7",
          "release=nothing"
        ]),
        ...at(`${path}/global-components/`, ["", ...pages("page", "", half), "name=pkg-77", "name=nothing"])
      ]
    },
    {
      name: "PDC changes",
      first: `${path}/changesets/`,
      questions: at(`${path}/changesets/`, [
        ...pages("page", "", size / 20),
        "author=owner-7",
        "author=nobody",
        "resource=releasecomponent",
        "resource=nothing",
        "ordering=-committed_on"
      ])
    }
  ]
}

/** All of them, of so many module builds. */
export const lists = (size: number): ReadonlyArray<List> => [
  packageBuilds(size),
  ...beside(size),
  ...gates(size),
  ...pdc(size)
]
