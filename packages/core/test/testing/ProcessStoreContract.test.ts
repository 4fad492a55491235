/** The contracts of the stores in memory, for the module build and for the sample life. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { type CampaignLife, campaignLife } from "../../src/campaign/CampaignLife.ts"
import { type PackageBuildLife, packageBuildLife } from "../../src/packagebuild/PackageBuildLife.ts"
import { ModuleBuilds } from "../../src/ports/modulebuild/ModuleBuilds.ts"
import type { ProcessStore } from "../../src/ports/ProcessStore.ts"
import { type SigningLife, signingLife } from "../../src/signing/SigningLife.ts"
import { campaignSpecimen } from "../../src/testing/CampaignSpecimen.ts"
import { farmWorkContract } from "../../src/testing/FarmWorkContract.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import { MemoryDatabase } from "../../src/testing/MemoryDatabase.ts"
import * as MemoryModuleBuilds from "../../src/testing/MemoryModuleBuilds.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import { moduleBuildIndexContract } from "../../src/testing/ModuleBuildIndexContract.ts"
import { moduleBuildSpecimen } from "../../src/testing/ModuleBuildSpecimen.ts"
import { packageBuildSpecimen } from "../../src/testing/PackageBuildSpecimen.ts"
import { processStoreContract } from "../../src/testing/ProcessStoreContract.ts"
import { type SampleLife, sampleLife } from "../../src/testing/SampleLife.ts"
import { sampleSpecimen } from "../../src/testing/SampleSpecimen.ts"
import { signingSpecimen } from "../../src/testing/SigningSpecimen.ts"
import { testRunSpecimen } from "../../src/testing/TestRunSpecimen.ts"
import { type TestRunLife, testRunLife } from "../../src/testrun/TestRunLife.ts"

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

class Packages extends Context.Service<Packages, ProcessStore<PackageBuildLife>>()("test/Packages") {}
class Runs extends Context.Service<Runs, ProcessStore<TestRunLife>>()("test/Runs") {}
class Signings extends Context.Service<Signings, ProcessStore<SigningLife>>()("test/Signings") {}

processStoreContract("MemoryProcessStore of package builds", {
  specimen: packageBuildSpecimen,
  store: Packages,
  layer: Layer.effect(Packages, MemoryProcessStore.make(packageBuildLife)).pipe(
    Layer.provideMerge(Layer.merge(around, MemoryDatabase.layer))
  ),
  quiet: 20
})

processStoreContract("MemoryProcessStore of runs of tests", {
  specimen: testRunSpecimen,
  store: Runs,
  layer: Layer.effect(Runs, MemoryProcessStore.make(testRunLife)).pipe(
    Layer.provideMerge(Layer.merge(around, MemoryDatabase.layer))
  ),
  quiet: 20
})

processStoreContract("MemoryProcessStore of signings", {
  specimen: signingSpecimen,
  store: Signings,
  layer: Layer.effect(Signings, MemoryProcessStore.make(signingLife)).pipe(
    Layer.provideMerge(Layer.merge(around, MemoryDatabase.layer))
  ),
  quiet: 20
})

class MemoryCampaigns extends Context.Service<MemoryCampaigns, ProcessStore<CampaignLife>>()("test/Campaigns") {}

processStoreContract("MemoryProcessStore of campaigns", {
  specimen: campaignSpecimen,
  store: MemoryCampaigns,
  layer: Layer.effect(MemoryCampaigns, MemoryProcessStore.make(campaignLife)).pipe(
    Layer.provideMerge(Layer.merge(around, MemoryDatabase.layer))
  ),
  quiet: 20
})
