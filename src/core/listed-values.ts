/** The values that a setting names with commas between them, in small letters; none where it is absent or empty. */
export function listedValues(setting: string | undefined): readonly string[] {
	return (setting ?? "")
		.split(",")
		.map((value) => value.trim().toLowerCase())
		.filter((value) => value !== "");
}
