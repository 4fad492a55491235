/** The outbox contract in memory. */
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import { outboxContract } from "../../src/testing/OutboxContract.ts"

outboxContract("MemoryOutbox", { layer: MemoryOutbox.layer })
