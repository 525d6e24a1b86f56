import { exchange, getRequest } from "./http-exchange.ts";
import type { ServerProcess } from "./processes.ts";

/** Calls to models that the mock has had. */
export async function callsOf(mock: ServerProcess): Promise<number> {
	return Number((await exchange(mock.port, getRequest("/calls"))).body);
}

/** Messages that the mock has had as the queue. */
export async function messagesOf(mock: ServerProcess): Promise<number> {
	return Number((await exchange(mock.port, getRequest("/messages"))).body);
}
