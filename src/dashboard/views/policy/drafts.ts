/** Texts that were changed and not saved, by tenant, so that a look at another view loses nothing. Gone with the page. */
const drafts = new Map<string, string>();

/** The draft of a tenant; undefined where there is none. */
export function draftOf(tenant: string): string | undefined {
	return drafts.get(tenant);
}

/** Keeps a draft; null forgets it. */
export function keepDraft(tenant: string, text: string | null): void {
	if (text === null) drafts.delete(tenant);
	else drafts.set(tenant, text);
}
