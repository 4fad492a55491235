export * as XmlRpc from "./XmlRpc.ts"
