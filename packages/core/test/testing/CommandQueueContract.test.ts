/** The command queue contract in memory. */
import { commandQueueContract } from "../../src/testing/CommandQueueContract.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"

commandQueueContract("MemoryCommandQueue", { layer: MemoryCommandQueue.layer, quiet: 50 })
