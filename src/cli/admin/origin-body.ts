/** What an origin is made of, as the admin API takes it. */
export interface OriginBody {
	readonly baseUrl: string;
	readonly secret: string | null;
	readonly maxConcurrent?: number;
}

/**
 * An origin's own fields, of a file or of the API's answer, so that both can be compared. One without a bound does not
 * name it: an older Worker neither tells nor takes the field.
 */
export function originBody({
	baseUrl,
	secret,
	maxConcurrent,
}: {
	readonly baseUrl: string;
	readonly secret: string | null;
	readonly maxConcurrent: number | null;
}): OriginBody {
	return typeof maxConcurrent === "number" ? { baseUrl, secret, maxConcurrent } : { baseUrl, secret };
}
