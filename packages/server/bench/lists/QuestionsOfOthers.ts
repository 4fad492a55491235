/** The lists of what is beside builds: history, who changed what, campaigns, releases, messages of the bus, the graph, nodes. */
import { at, type List, pages } from "./QuestionForms.ts"

/** What follows edges of the graph, which writes what it reaches into a table of its session: asked before nobody may write any more. */
export const graph: List = {
  name: "graph",
  first: "/orch/v1/graph/dependants?node=rpms/pkg-77&depth=1",
  questions: [
    ...at("/orch/v1/graph/dependants", [
      "node=rpms/pkg-77",
      "node=rpms/pkg-77&offset=1500",
      "node=rpms/pkg-77&limit=1000",
      "node=rpms/pkg-77&types=component",
      "node=rpms/pkg-77&at=2026-11-29T05:00:00Z",
      "node=rpms/nothing"
    ]),
    ...at("/orch/v1/graph/dependencies", [
      "node=modules/module-77:s0",
      "node=modules/module-77:s0&offset=4000",
      "node=modules/nothing:1"
    ])
  ]
}

/** All of them, of so many module builds. */
export const lists = (size: number): ReadonlyArray<List> => [
  {
    name: "history",
    first: "/orch/v1/history/refs",
    questions: [
      ...at("/orch/v1/history/refs", [
        `after=${Math.floor(size * 0.025)}`,
        "repository=rpms/pkg-77",
        "repository=nothing"
      ]),
      ...at("/orch/v1/history/intervals", ["repository=rpms/pkg-77&ref=refs/heads/c17"]),
      ...at("/orch/v1/history/commits", [`repository=rpms/pkg-77&commit=${"0".repeat(40)}`])
    ]
  },
  {
    name: "stale components",
    first: "/orch/v1/history/stale",
    questions: at("/orch/v1/history/stale", [
      "repository=nothing",
      "repository=rpms/pkg-77",
      `before=${Math.floor(size / 2)}`
    ])
  },
  {
    name: "people",
    first: "/api/v1/users/77/teams",
    questions: [
      "/api/v1/users/77/roles",
      "/api/v1/users/all_users",
      "/api/v1/roles/",
      "/api/v1/teams/",
      "/api/v1/products/",
      "/orch/v1/notices/preference",
      "/orch/v1/administration/sessions",
      "/orch/v1/administration/tokens"
    ]
  },
  {
    name: "who changed what",
    first: "/orch/v1/administration/audit",
    questions: at("/orch/v1/administration/audit", [
      `before=${Math.floor(size / 2)}`,
      "before=100",
      "name=owner-7",
      "name=owner-7&before=100",
      "name=nobody"
    ])
  },
  {
    name: "campaigns",
    first: "/orch/v1/campaigns/",
    questions: at("/orch/v1/campaigns/", [
      `offset=${Math.floor(size * 0.025)}`,
      `offset=${Math.floor(size * 0.05) - 20}`,
      ...["planned", "running", "done", "canceled"].map((state) => `state=${state}`)
    ])
  },
  {
    name: "releases",
    first: "/orch/v1/releases/",
    questions: [
      ...at("/orch/v1/releases/", [
        `offset=${Math.floor(size * 0.025)}`,
        `offset=${Math.floor(size * 0.05) - 20}`,
        "state=failed",
        "state=planning",
        "platform=el9",
        "platform=nothing",
        "package=pkg-77",
        "package=nothing"
      ]),
      ...at("/api/v1/releases/", [
        ...pages("pageNumber", "", Math.floor(size * 0.005)),
        "pageNumber=1&product_id=77",
        "pageNumber=1&platform_id=1",
        "pageNumber=1&package_name=pkg-77"
      ])
    ]
  },
  {
    name: "bus messages",
    first: "/orch/v1/bus/messages",
    questions: at("/orch/v1/bus/messages", [
      `before=${Math.floor(size / 2)}`,
      "before=100",
      "state=failed",
      "state=waiting",
      "state=handled"
    ])
  },
  {
    name: "nodes",
    first: "/orch/v1/build-nodes/",
    questions: at("/orch/v1/build-nodes/", ["after=node-250", "after=node-99"])
  },
  {
    name: "targets, doubts, composes",
    first: "/orch/v1/gates/targets/",
    questions: ["/orch/v1/logs/doubts", "/orch/v1/graph/composes"]
  }
]
