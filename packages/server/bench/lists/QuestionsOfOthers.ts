/** The lists of what is beside builds: history, who changed what, campaigns, releases, messages of the bus, the graph, nodes. */
import { at, type List, pages } from "./QuestionForms.ts"

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
      ...at("/orch/v1/history/commits", [`repository=rpms/pkg-77&commit=${"0".repeat(40)}`]),
      ...at("/orch/v1/history/stale", ["", "repository=nothing"])
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
      `offset=${Math.floor(size * 0.01)}`,
      `offset=${Math.floor(size * 0.02) - 20}`,
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
