/** The process store contract in memory. */
import * as Layer from "effect/Layer"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import { processStoreContract } from "../../src/testing/ProcessStoreContract.ts"

processStoreContract("MemoryProcessStore", {
  layer: MemoryProcessStore.layer.pipe(Layer.provideMerge(Layer.merge(MemoryCommandQueue.layer, MemoryOutbox.layer))),
  quiet: 20
})
