/**
 * Is something wished to be changed, rather than known? "Delete invoice 1042" and "what is invoice 1042" share their nouns, and
 * only the kind of the wish tells them apart. The verbs stand for all verbs of their kind: an intent that only reads learns
 * that none of them is meant for it, whichever was registered.
 */
export function wishesChange(words: string): boolean {
  for (const word of words.split(" ")) if (!PREAMBLE.has(word)) return CHANGES.has(word);
  return false;
}

/**
 * Is it a command to change something, and no question beside it? "I need to book rooms, which interviews are planned?" asks,
 * and so does "pull up the list".
 */
export function commandsChange(words: string): boolean {
  return (wishesChange(words) || COMMANDS.test(words)) && !QUESTION.test(words) && !LOOKS_LIKE_ONE.test(words);
}

/** "File the return", "have the contract ended": what is a verb only where it stands in front, and who has others do it. */
const COMMANDS =
  /^(?:(?:please|pls|can|could|would|will|you|kindly|now) )*(?:(?:file|order|patch|report|plan|schedule) (?:the|a|an|my|our|this|that)\b|have (?:the|a|an|my|our|this|that|his|her|their) .*\w{3,}ed$)/;
const QUESTION = /\b(?:what|which|who|whose|whom|when|where|how|why|is|are|will|does|do)\b/;
const LOOKS_LIKE_ONE =
  /\b(?:pull (?:up|the|that|me|a)|put .*?(?:together|side by side|next to|on (?:my|the) screen)|send me|mail me|email me|print me|run (?:a|the|me)|start a (?:group )?discussion|prepare (?:a|me)|export)\b/;

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** What people say before they come to the point. */
const PREAMBLE = list(
  `please pls plz can could would will should must may you kindly i we want wants need needs to id like lets let us me hi hello
  hey now just also then and go ahead help someone somebody the it have try quickly urgently asap immediately`,
);

/** Verbs of commands that change something; those that are as often nouns or adjectives ("open", "patch") are left out. */
const CHANGES = list(
  `accept activate add adjust allow amend announce anonymise anonymize apply appoint approve archive arrange assign attach
  authorise authorize award ban block book bring buy call cancel change clean clear clone close combine commit compose confirm
  configure convert copy correct create cut deactivate decline decrease decrypt defer delay delegate delete deliver demote
  deploy disable discard dismiss dispatch dispute distribute divide double download downgrade draft drop edit email encrypt
  enrol enroll enter erase escalate exchange expire export extend fill finalise finalize fire fix flag forward freeze generate
  grant halve hand hide hire hold implement import increase inform insert install invite join kick kill launch link lock log
  lower mail make mark merge migrate modify move mute negotiate nominate notify onboard overwrite park pause pay post postpone
  prepare print prioritise prioritize procure promote propose publish pull purge push put quarantine raise reactivate reassign
  reboot rebook recall reclassify record recover recruit redirect redo reduce refund register reimburse reinstall reissue reject
  release relocate remind remove rename renew rent reopen reorder repair replace reply request reschedule reserve reset resolve
  restart restore restrict retire return reverse revert revise revoke rewrite roll run save schedule send separate set share
  ship shorten shred sign split start stop submit subscribe suspend swap switch sync tag terminate toggle transfer translate
  trigger turn unblock undo uninstall unlock unsubscribe update upgrade upload void waive wipe withdraw write zip`,
);
