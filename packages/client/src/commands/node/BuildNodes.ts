/** Build nodes in `orch node …`: who there is, and whom they may call themselves. */
import type { BuildNode } from "@orch/api/orch/PackageBuildsApi"
import * as Table from "../Table.ts"

/** Nodes as a table. */
export const table = (nodes: ReadonlyArray<BuildNode>): string =>
  Table.format(
    ["BUILD NODE", "STATE", "TASKS", "SLOTS", "LAST SEEN", "BUILDS"],
    nodes.map((node) => [
      node.name,
      node.draining ? "draining" : node.last_seen === null ? "never seen" : "taking tasks",
      `${node.leased}`,
      `${node.slots}`,
      node.last_seen ?? "never",
      node.arches.join(" ")
    ])
  )
