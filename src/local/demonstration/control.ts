/** The small model that the demonstration replaces by a worse one behind the same name. */
export const DRIFTING_MODEL = "@local/mail-small";

/** Where the demonstration's Worker is told which weights answer to it; no other Worker has such an address. */
export const EDGE_MODEL_PATH = "/demonstration/edge-model";

/** The body of such a request. */
export interface EdgeModelOrder {
	readonly worse: boolean;
}
