/** A task as the pool keeps it that a node has reported, and whose process has not been told. */
import type { Untold } from "../../src/builders/BuilderPool.ts"

export const make = (id: number, process: number, report: unknown = {}): Untold => ({
  id: BigInt(id),
  life: "package-build",
  process: BigInt(process),
  part: `p/${id}`,
  attempt: 1,
  arch: "x86_64",
  package: `p${id}`,
  url: "",
  owner: "ann",
  class: "",
  priority: 0,
  path: 0,
  seconds: 0,
  state: "reported",
  node: "n1",
  token: 1,
  tries: 1,
  since: 0n,
  until: 0n,
  report
})
