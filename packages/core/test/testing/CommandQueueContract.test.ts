/** The command queue contract in memory. */
import { commandQueueContract } from "../../src/testing/CommandQueueContract.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import { moduleBuildSpecimen } from "../../src/testing/ModuleBuildSpecimen.ts"
import { sampleSpecimen } from "../../src/testing/SampleSpecimen.ts"

commandQueueContract("MemoryCommandQueue of module builds", {
  specimen: moduleBuildSpecimen,
  layer: MemoryCommandQueue.layer,
  quiet: 50
})
commandQueueContract("MemoryCommandQueue of errands", {
  specimen: sampleSpecimen,
  layer: MemoryCommandQueue.layer,
  quiet: 50
})
