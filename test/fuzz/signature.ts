/** What every answer of this request must have in it. */
export function signatureOf(secret: string, marker: number): string {
	return `${secret} #${marker}#`;
}
