/** Chat streams as our relay writes them, and the events that they become. */
import type { JsonObject } from "../../../src/core/json.ts";
import { createResponsesEncoder } from "../../../src/openai/responses/responses-encoder.ts";
import { chunk, DONE, event, HEAD, USAGE } from "../upstream-streams.ts";
import { facts, identity, readResponseEvents, type ResponseEvent } from "./answers.ts";
import { responsesRequest } from "./requests.ts";

/** The first chunk of every stream. */
export const OPENING = chunk({ role: "assistant", content: "" });

/** The events after the last content. */
export const LAST = event({ ...HEAD, choices: [], usage: USAGE, cascade: facts }) + DONE;

/** An encoder of one stream for such a request. */
export const encoder = (fields: JsonObject = {}) =>
	createResponsesEncoder(responsesRequest({ stream: true, ...fields })).stream(identity);

/** The events that these chunks become. */
export const eventsOf = (chunks: string, fields: JsonObject = {}) => readResponseEvents(encoder(fields).feed(chunks));

/** What happened, in short. */
export const typesOf = (events: readonly ResponseEvent[]) => events.map(({ type }) => type.replace("response.", ""));

/** The Response that the last event carries. */
export const finalOf = (events: readonly ResponseEvent[]) => events.at(-1)?.response as JsonObject;

/** A piece of the tool call with this index. */
export const callDelta = (index: number, more: JsonObject) => chunk({ tool_calls: [{ index, ...more }] });

/** The piece that a tool call begins with. */
export const naming = (index: number, name: string) =>
	callDelta(index, { id: `call_${name}`, type: "function", function: { name, arguments: "" } });
