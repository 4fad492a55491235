/** The contracts of the stores in memory, for the module build and for the sample life. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { ModuleBuilds } from "../../src/ports/modulebuild/ModuleBuilds.ts"
import type { ProcessStore } from "../../src/ports/ProcessStore.ts"
import { farmWorkContract } from "../../src/testing/FarmWorkContract.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import { MemoryDatabase } from "../../src/testing/MemoryDatabase.ts"
import * as MemoryModuleBuilds from "../../src/testing/MemoryModuleBuilds.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import { moduleBuildIndexContract } from "../../src/testing/ModuleBuildIndexContract.ts"
import { moduleBuildSpecimen } from "../../src/testing/ModuleBuildSpecimen.ts"
import { processStoreContract } from "../../src/testing/ProcessStoreContract.ts"
import { type SampleLife, sampleLife } from "../../src/testing/SampleLife.ts"
import { sampleSpecimen } from "../../src/testing/SampleSpecimen.ts"

class Errands extends Context.Service<Errands, ProcessStore<SampleLife>>()("test/Errands") {}

const around = Layer.merge(MemoryCommandQueue.layer, MemoryOutbox.layer)
const moduleBuilds = MemoryModuleBuilds.layer.pipe(Layer.provideMerge(around))

processStoreContract("MemoryProcessStore of module builds", {
  specimen: moduleBuildSpecimen,
  store: ModuleBuilds,
  layer: moduleBuilds,
  quiet: 20
})

processStoreContract("MemoryProcessStore of errands", {
  specimen: sampleSpecimen,
  store: Errands,
  layer: Layer.effect(Errands, MemoryProcessStore.make(sampleLife)).pipe(
    Layer.provideMerge(Layer.merge(around, MemoryDatabase.layer))
  ),
  quiet: 20
})

moduleBuildIndexContract("MemoryModuleBuilds", { layer: moduleBuilds })
farmWorkContract("MemoryFarmWork", { layer: moduleBuilds })
