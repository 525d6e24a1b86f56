/** How one language declines. All lower case, with straight apostrophes; each is read from a clause's beginning. */
interface RefusalPhrases {
	/** Openings that a refusal may come after: apologies, regrets, talk about being a model. */
	readonly openings: readonly string[];
	/** Refusals in themselves, where they begin the answer or follow an opening. */
	readonly refusals: readonly string[];
	/** Refusals after an opening only: by themselves they may begin an honest answer. */
	readonly afterOpening: readonly string[];
}

const ENGLISH_ACTS =
	"help|assist|provide|comply|fulfill?|create|generate|write|answer|discuss|engage|support|share|give|offer|do (?:that|this|so)|participate|continue|respond|produce|advise|promote|facilitate|disclose|browse|access|process|complete (?:this|that|your)";
const ENGLISH_NOT_ABLE =
	"(?:can't|cannot|can not|won't|will not|am not able to|'m not able to|am unable to|'m unable to|am not allowed to|'m not allowed to|am not permitted to|'m not permitted to)";

const ENGLISH: RefusalPhrases = {
	openings: [
		"(?:i'm |i am )?(?:really |very |so |truly )?sorry",
		"(?:i |my |our )?(?:sincere(?:st)? )?apolog(?:ies|ise|ize)",
		"unfortunately",
		"regrettably",
		"i'm afraid",
		"i am afraid",
		"thank(?:s| you)",
		"i (?:understand|appreciate|realise|realize|regret)",
		"as an? (?:responsible )?(?:ai|artificial intelligence|large language model|language model|assistant|virtual assistant|chatbot)\\b",
		"i'm (?:just |only )?an? (?:ai|language model|virtual assistant)",
		"i am (?:just |only )?an? (?:ai|language model|virtual assistant)",
	],
	refusals: [
		`i ?${ENGLISH_NOT_ABLE} (?:\\w+ )?(?:${ENGLISH_ACTS})\\b`,
		`we ?${ENGLISH_NOT_ABLE.replaceAll("am ", "are ").replaceAll("'m ", "'re ")} (?:help|assist|provide|comply)\\b`,
		"i (?:must|have to|need to|will have to) (?:respectfully |politely )?(?:decline|refuse)",
		"i (?:respectfully |politely )?decline",
		"i(?:'m| am) not comfortable (?:with|helping|providing|writing|discussing|creating|answering)",
		"i (?:don't|do not) feel comfortable",
		"i(?:'m| am) not (?:programmed|designed|trained|authori[sz]ed) to",
		"i (?:don't|do not) have (?:the ability|the capability|access to|real-time|personal (?:opinions|beliefs|feelings|experiences))",
		"(?:this|that|your) (?:request|question|content) (?:violates|goes against|is against|is not something i)",
		"it (?:is|would be) (?:against my|not appropriate for me|inappropriate for me|unethical for me)",
		"it's (?:against my|not appropriate for me|inappropriate for me|unethical for me)",
	],
	afterOpening: [
		`i ?${ENGLISH_NOT_ABLE}(?: do (?:it|that|this))?$`,
		`i ?${ENGLISH_NOT_ABLE} (?:\\w+ ){0,4}(?:request|instructions?|illegal|harmful|that|this)\\b`,
		"that(?:'s| is) not something i",
	],
};

const GERMAN: RefusalPhrases = {
	openings: [
		"(?:es )?tut mir (?:sehr |wirklich )?leid",
		"entschuldig",
		"verzeih",
		"leider",
		"ich bedaure",
		"als ki\\b",
		"als ki-",
		"als künstliche",
		"als sprachmodell",
		"als (?:großes )?sprachmodell",
		"danke",
		"vielen dank",
	],
	refusals: [
		"(?:leider )?(?:ich kann|kann ich|ich darf|darf ich|ich werde|ich möchte) (?:[^ ]+ ){0,8}nicht (?:[^ ]+ )?(?:weiter)?(?:helfen|beantworten|erfüllen|bereitstellen|unterstützen|nachkommen|erstellen|schreiben|tun|geben|anbieten|behilflich|mitteilen|verfassen|generieren|weiterhelfen)",
		"(?:leider )?(?:ich kann|kann ich|ich darf|darf ich|ich werde) (?:[^ ]+ ){0,4}keine? (?:[^ ]+ ){0,6}(?:geben|bereitstellen|anbieten|erstellen|schreiben|liefern|erteilen|beantworten)",
		"(?:leider )?(?:ich bin|bin ich) (?:leider )?nicht (?:in der lage|befugt|dazu in der lage|berechtigt)",
	],
	afterOpening: ["(?:das )?(?:ich kann|kann ich|ich darf|darf ich) (?:das |dies |es )?(?:leider )?nicht$"],
};

const FRENCH: RefusalPhrases = {
	openings: [
		"(?:je suis |je m'excuse )?(?:vraiment |sincèrement |profondément )?désolée?",
		"je m'excuse",
		"excusez-moi",
		"pardon",
		"malheureusement",
		"je regrette",
		"merci",
		"en tant qu'(?:ia|intelligence|assistant)",
		"en tant que modèle",
		"je comprends",
	],
	refusals: [
		"(?:malheureusement )?je ne (?:peux|puis|saurais) (?:malheureusement )?(?:pas )?(?:[^ ]+ )?(?:(?:vous |t'|l')?aider|(?:y |vous )?répondre|(?:vous )?fournir|(?:vous )?donner|créer|générer|écrire|rédiger|satisfaire|accéder|discuter|participer|faire (?:cela|ça)|accepter|traiter)",
		"je ne suis pas (?:en mesure|capable|autorisée?|habilitée?|programmée?)",
		"je suis (?:incapable|dans l'impossibilité) d",
		"il m'est impossible d",
	],
	afterOpening: ["je ne (?:peux|puis) pas$", "je ne (?:peux|puis) pas (?:le )?faire"],
};

const SPANISH: RefusalPhrases = {
	openings: [
		"lo siento",
		"lo lamento",
		"lamento",
		"disculp",
		"perdón",
		"lamentablemente",
		"desafortunadamente",
		"por desgracia",
		"gracias",
		"como (?:modelo|ia|inteligencia|asistente)",
		"entiendo",
	],
	refusals: [
		"(?:lo siento )?no (?:puedo|podré|me es posible|es posible para mí) (?:[^ ]+ )?(?:ayudar|proporcionar|responder|contestar|ofrecer|dar|crear|generar|escribir|cumplir|asistir|brindar|compartir|hacer(?:lo| eso| esto)|participar|completar|acceder|facilitar)",
		"no (?:estoy en condiciones|soy capaz|estoy autorizad[oa]|tengo permitido|estoy programad[oa]) ",
	],
	afterOpening: ["no (?:puedo|podré)$"],
};

const ITALIAN: RefusalPhrases = {
	openings: [
		"mi dispiace",
		"mi spiace",
		"mi scuso",
		"scus",
		"purtroppo",
		"sono spiacente",
		"spiacente",
		"grazie",
		"come (?:modello|ia|intelligenza|assistente)",
		"in quanto (?:modello|ia|intelligenza|assistente)",
		"capisco",
	],
	refusals: [
		"(?:purtroppo )?non (?:posso|potrò|mi è possibile) (?:[^ ]+ )?(?:aiutar|fornir|risponder|offrir|dar|crear|generar|scriver|soddisfar|assister|condivider|farlo|fare (?:questo|ciò)|partecipar|completar|acceder)",
		"(?:purtroppo )?non sono (?:in grado|autorizzat[oa]|programmat[oa]|capace)",
	],
	afterOpening: ["non (?:posso|potrò)$"],
};

const PORTUGUESE: RefusalPhrases = {
	openings: [
		"(?:me )?desculp",
		"(?:eu )?sinto muito",
		"lamento",
		"lamentavelmente",
		"infelizmente",
		"peço desculpa",
		"perdão",
		"obrigad[oa]",
		"como (?:um )?(?:modelo|uma ia|ia|inteligência|assistente)",
		"entendo",
	],
	refusals: [
		"(?:infelizmente )?(?:eu )?não (?:posso|poderei|consigo|me é possível) (?:[^ ]+ )?(?:ajudar|ajudá|fornecer|responder|oferecer|dar|criar|gerar|escrever|cumprir|atender|auxiliar|compartilhar|partilhar|fazer isso|fazê|participar|completar|acessar|aceder)",
		"(?:infelizmente )?(?:eu )?não (?:estou (?:em condições|autorizad[oa]|apt[oa])|sou capaz|tenho permissão|fui programad[oa])",
	],
	afterOpening: ["(?:eu )?não (?:posso|consigo)$"],
};

const LANGUAGES = [ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE];

const beginning = (phrases: readonly string[]) => new RegExp(`^(?:${phrases.join("|")})`, "u");

/** A clause that begins so may lead to a refusal. */
export const OPENING = beginning(LANGUAGES.flatMap((language) => language.openings));
/** A clause that begins so refuses. */
export const REFUSAL = beginning(LANGUAGES.flatMap((language) => language.refusals));
/** A clause that begins so refuses where an opening came before. */
export const REFUSAL_AFTER_OPENING = beginning(LANGUAGES.flatMap((language) => language.afterOpening));
