import { assert, describe, it } from "@effect/vitest"
import { HubMessage } from "@orch/adapters-koji"

describe("messages of a hub", () => {
  it.each<readonly [string, string, object, HubMessage.HubMessage]>([
    [
      "Fedora's about a task",
      "org.fedoraproject.prod.buildsys.task.state.change",
      { id: 29, method: "build", new: "CLOSED", old: "OPEN", owner: "orch", info: { id: 29, parent: null } },
      { tasks: [29], tags: [], change: "closed" }
    ],
    [
      "Fedora's about a task that a builder has taken",
      "org.fedoraproject.prod.buildsys.task.state.change",
      { id: 30, new: "OPEN", old: "ASSIGNED", info: { id: 30, parent: 29 } },
      { tasks: [30], tags: [], change: "under-way" }
    ],
    [
      "of the plugin for AMQP 1.0 about a task that failed, whatever it is part of",
      "VirtualTopic.eng.brew.task.failed",
      { info: { id: 31, parent: 29 } },
      { tasks: [31], tags: [], change: "ended" }
    ],
    [
      "about the part of a task, which may be the last",
      "org.fedoraproject.prod.buildsys.task.state.change",
      { info: { id: 31, parent: 29 } },
      { tasks: [31, 29], tags: [] }
    ],
    [
      "about a build, by its task and not by its own number",
      "org.fedoraproject.prod.buildsys.build.state.change",
      { build_id: 7, id: 7, task_id: 29, new: 1 },
      { tasks: [29], tags: [] }
    ],
    ["about a repository", "org.fedoraproject.prod.buildsys.repo.done", { repo_id: 5, tag: "el9-build" }, {
      tasks: [],
      tags: ["el9-build"]
    }],
    ["of the plugin for AMQP 1.0", "VirtualTopic.eng.brew.task.closed", { info: { id: 29 } }, {
      tasks: [29],
      tags: [],
      change: "closed"
    }],
    ["of the same about a repository", "VirtualTopic.eng.brew.repo.done", { tag_name: "el9-build" }, {
      tasks: [],
      tags: ["el9-build"]
    }]
  ])("are hints: %s", (_, topic, body, expected) => assert.deepStrictEqual(HubMessage.parse(topic, body), expected))

  it.each([
    ["org.fedoraproject.prod.git.receive", { id: 29 }],
    ["org.fedoraproject.prod.buildsys.task.state.change", { id: "29" }],
    ["org.fedoraproject.prod.buildsys.build.state.change", { id: 7, task_id: null }],
    ["org.fedoraproject.prod.buildsys.repo.done", { tag: 8 }],
    ["org.fedoraproject.prod.buildsys.repo.done", "el9-build"],
    ["task.closed", null]
  ])(
    "are left alone when they are about something else or of another shape: %s %j",
    (topic, body) => assert.isUndefined(HubMessage.parse(topic, body))
  )
})
