/** placeholder */
import type { Artifact } from "../farm/Artifact.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
export const deliverables = (
  build: ModuleBuild
): { packages: ReadonlyArray<Artifact>; documents: ReadonlyArray<{ id: string; text: string }> } => ({
  packages: [...build.components.values()].flatMap((c) => c.artifacts),
  documents: []
})
