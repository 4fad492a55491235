/** The contracts of the stores, for the module build and the sample life, on every database this machine offers. */
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { ProcessStore } from "@orch/core/ports/ProcessStore"
import { Signings } from "@orch/core/ports/signing/Signings"
import { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import { commandQueueContract } from "@orch/core/testing/CommandQueueContract"
import { farmWorkContract } from "@orch/core/testing/FarmWorkContract"
import { moduleBuildIndexContract } from "@orch/core/testing/ModuleBuildIndexContract"
import { moduleBuildSpecimen } from "@orch/core/testing/ModuleBuildSpecimen"
import { outboxContract } from "@orch/core/testing/OutboxContract"
import { packageBuildSpecimen } from "@orch/core/testing/PackageBuildSpecimen"
import { processStoreContract } from "@orch/core/testing/ProcessStoreContract"
import type { SampleLife } from "@orch/core/testing/SampleLife"
import { sampleSpecimen } from "@orch/core/testing/SampleSpecimen"
import { signingSpecimen } from "@orch/core/testing/SigningSpecimen"
import { testRunSpecimen } from "@orch/core/testing/TestRunSpecimen"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../../src/database/PgFarmWork.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import * as PackageBuildsLayer from "../../src/packagebuilds/PackageBuildsLayer.ts"
import { packageBuildTable } from "../../src/packagebuilds/PackageBuildTable.ts"
import { signingTable } from "../../src/signing/SigningTable.ts"
import { testRunTable } from "../../src/testruns/TestRunTable.ts"
import { databases } from "../support/Databases.ts"
import * as SampleTable from "./SampleTable.ts"

class Errands extends Context.Service<Errands, ProcessStore<SampleLife>>()("test/database/Errands") {}

/** The keys of the specimen. */
const signKeys = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql`
    INSERT INTO sign_key (name, description, keyid, fingerprint, public_url)
    VALUES ('one', '', '1', '1', ''), ('two', '', '2', '2', '')`)

const queue = PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" })
const around = Layer.merge(queue, PgOutbox.layer)

for (const { layer: database, name } of databases) {
  const moduleBuilds = Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource])).pipe(
    Layer.provideMerge(around),
    Layer.provideMerge(database)
  )

  processStoreContract(`PgProcesses of module builds on ${name}`, {
    specimen: moduleBuildSpecimen,
    store: ModuleBuilds,
    layer: moduleBuilds,
    reopen: Effect.map(
      Layer.build(Layer.fresh(ModuleBuildsLayer.layer())),
      (context) => Context.get(context, ModuleBuilds)
    ),
    quiet: 300
  })

  processStoreContract(`PgProcesses of errands on ${name}`, {
    specimen: sampleSpecimen,
    store: Errands,
    layer: Layer.effect(Errands, Effect.andThen(SampleTable.create, PgProcesses.make(SampleTable.sampleTable))).pipe(
      Layer.provideMerge(around),
      Layer.provideMerge(database)
    ),
    reopen: PgProcesses.make(SampleTable.sampleTable),
    quiet: 300
  })

  processStoreContract(`PgProcesses of package builds on ${name}`, {
    specimen: packageBuildSpecimen,
    store: PackageBuilds,
    layer: PackageBuildsLayer.store.pipe(Layer.provideMerge(around), Layer.provideMerge(database)),
    reopen: PgProcesses.make(packageBuildTable),
    quiet: 300
  })

  processStoreContract(`PgProcesses of runs of tests on ${name}`, {
    specimen: testRunSpecimen,
    store: TestRuns,
    // Without the rows by which a package is tested once: what is tried here is the store.
    layer: Layer.effect(TestRuns, PgProcesses.make(testRunTable)).pipe(
      Layer.provideMerge(around),
      Layer.provideMerge(database)
    ),
    reopen: PgProcesses.make(testRunTable),
    quiet: 300
  })

  processStoreContract(`PgProcesses of signings on ${name}`, {
    specimen: signingSpecimen,
    store: Signings,
    layer: Layer.effect(Signings, Effect.andThen(signKeys, PgProcesses.make(signingTable))).pipe(
      Layer.provideMerge(around),
      Layer.provideMerge(database)
    ),
    reopen: PgProcesses.make(signingTable),
    quiet: 300
  })

  moduleBuildIndexContract(`ModuleBuildsLayer on ${name}`, { layer: moduleBuilds })
  farmWorkContract(`PgFarmWork on ${name}`, { layer: moduleBuilds })

  const impatient = PgCommandQueue.layer({
    pollInterval: "20 millis",
    lease: "5 seconds",
    pause: () => 0.01
  }).pipe(Layer.provide(database))
  commandQueueContract(`PgCommandQueue of module builds on ${name}`, {
    specimen: moduleBuildSpecimen,
    layer: impatient,
    quiet: 300
  })
  commandQueueContract(`PgCommandQueue of errands on ${name}`, {
    specimen: sampleSpecimen,
    layer: impatient,
    quiet: 300
  })

  outboxContract(`PgOutbox on ${name}`, { layer: PgOutbox.layer.pipe(Layer.provide(database)) })
}
