/** The storage nodes that take uploads: whose turn it is, and why some get none. */
import type { StorageNode } from "@orch/api/shaman/RepositoriesApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"

const turn = (nodes: ReadonlyArray<StorageNode>) => {
  const next = nodes.filter(({ draining, healthy }) => healthy && !draining)
    .toSorted((a, b) => a.last_used < b.last_used ? -1 : 1)
  return (node: StorageNode): string => {
    const at = next.indexOf(node)
    return at < 0 ? "none" : at === 0 ? "next" : `${at + 1}`
  }
}

/** The part of the page; nothing where there are none. */
export const section = (nodes: ReadonlyArray<StorageNode>, now: number): VNode | null => {
  if (nodes.length === 0) return null
  const turnOf = turn(nodes)
  return Blocks.section("storage", "Where uploads go", [
    Blocks.table<StorageNode>("Storage nodes", [
      {
        head: "State",
        kind: "state",
        cell: ({ draining, healthy }) =>
          States.badge(
            !healthy
              ? States.shown("bad", "fail", "Away")
              : draining
              ? States.shown("attn", "hold", "Draining")
              : States.shown("good", "good", "Healthy")
          )
      },
      { head: "Node", kind: "row", cell: ({ host }) => host },
      { head: "Turn", label: "turn", cell: turnOf },
      { head: "Weight", kind: "num", label: "weight", cell: ({ weight }) => String(weight) },
      {
        head: "Last probe",
        label: "probed",
        cell: ({ last_check }) => last_check === null ? "never" : Times.time(`${last_check.slice(0, 23)}Z`, now)
      },
      {
        head: "Why",
        kind: "wide",
        cell: ({ down_count, draining, healthy }) =>
          !healthy
            ? `${Blocks.count(down_count, "probe", "probes")} failed in a row; it gets turns again when one succeeds`
            : draining
            ? "It keeps what it has and takes nothing new"
            : ""
      }
    ], nodes)
  ], { hint: "storage nodes in rotation" })
}
