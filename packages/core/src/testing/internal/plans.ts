/** Plans of module builds for tests and contracts: only what a test is about is said. */
import type { ComponentPlan, ModulePlan } from "../../modulebuild/ModulePlan.ts"

export const component = (name: string, fields: Partial<ComponentPlan> = {}): ComponentPlan => ({
  name,
  repository: `memory:${name}`,
  commit: "a".repeat(40),
  batch: 1,
  afterBatch: (fields.batch ?? 1) - 1,
  after: [],
  placement: "",
  arches: ["x86_64"],
  buildOnly: false,
  priority: 1,
  ...fields
})

export const modulePlan = (components: ReadonlyArray<ComponentPlan>, fields: Partial<ModulePlan> = {}): ModulePlan => ({
  name: "demo",
  stream: "1",
  version: 20_261_121_000_000n,
  context: "00000000",
  platform: "el9",
  arches: ["x86_64"],
  macros: "",
  buildrequires: {},
  dependencies: { buildrequires: {}, requires: {} },
  filter: [],
  modules: [],
  groups: {},
  blocked: [],
  components,
  modulemd: "",
  owner: "alice",
  scratch: false,
  deadline: 3600,
  ...fields
})
