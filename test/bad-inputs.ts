/** Something that nobody should send us, or that should not happen, and what must come of it. */
export type BadInput = {
  number: number;
  /** what comes in */
  comes: string;
  /** what must happen */
  must: string;
  /** file below test/ → titles of the tests in it that show it */
  shownBy: Readonly<Record<string, readonly string[]>>;
  /** what of it does not apply to this product as it is, and why */
  beyond?: string;
};

const forged = (what: string): string => `a message ${what} is refused with a body that tells nothing`;
const mistake = (what: string): string => `${what}: answered as a mistake, and nothing is changed`;
const wrongHands = (who: string): string => `${who}: refused, no card changes, and the attempt is in the audit`;
const onCard = (what: string): string => `with ${what} where words belong is refused before anything is expanded`;
const invalid = (what: string): string => `refuses ${what}, naming file, field and cure`;
const disguise = (by: string): string => `by ${by} is flagged on the card, and nothing of it turns or hides there`;

/** What the product withstands, and where that is shown. What is not in a title is in the test. */
export const badInputs: readonly BadInput[] = [
  {
    number: 1,
    comes: "a token that was forged, is not signed, or is signed with the public key as a secret",
    must: "it is refused, no turn begins, and there is one link of evidence",
    shownBy: {
      "http/authentication.test.ts": [
        forged("signed by another key"),
        forged("signed by a key that nobody knows"),
        forged("without a signature"),
        forged("signed with the public key as a secret"),
        forged("whose content was changed"),
      ],
      "http/every-door.test.ts": ["a forged token leaves one row of evidence, and nothing else anywhere"],
    },
  },
  {
    number: 2,
    comes: "an authentic token of another tenant, or of an application that is not Teams",
    must: "401 by our own check, before the SDK is asked, which would take it",
    shownBy: {
      "http/authentication.test.ts": [
        forged("that another tenant's Entra issued for this bot"),
        forged("that our own Entra issued to another application for this bot"),
        forged("of a tenant whose name is a path"),
        "another tenant is refused, however good the token",
        "no tenant is refused, however good the token",
      ],
      "identity/entra.test.ts": [
        "where bearers come from Entra, nobody else's count: not ours, not another tenant's, not for another API",
      ],
    },
  },
  {
    number: 3,
    comes: "a good token with an activity that names no service, or an empty one",
    must: "401: what the token is bound to is missing",
    shownBy: {
      "http/authentication.test.ts": [
        "a message with no service URL is refused, however good the token",
        "a message with an empty service URL is refused, however good the token",
        forged("that names no service"),
      ],
    },
  },
  {
    number: 4,
    comes: "a service address within the cloud, on this machine, or of an attacker",
    must: "not a byte goes there",
    shownBy: {
      "http/authentication.test.ts": [
        "replies go to services of Teams only, however good the token: no other gets a byte",
        forged("for another service"),
      ],
      "conversation/bad-input.test.ts": [
        "a service that is not on this machine is refused in local mode, and nothing is sent there",
      ],
    },
  },
  {
    number: 5,
    comes: "an activity sent again under the same token as somebody else",
    must: "it is nobody's turn and nobody's click, and the second sender is in the audit",
    shownBy: {
      "conversation/bad-input.test.ts": [
        "an activity that comes again from somebody else is nobody's turn, and is in the audit",
      ],
      "conversation/hostile-clicks.test.ts": [
        "that comes again as somebody else's is refused and in the audit; the effect stays one",
      ],
    },
    beyond:
      "A stolen token with a new activity id: tokens of Bot Framework name no sender and serve for many people, so nothing tells it from Teams until the token expires.",
  },
  {
    number: 6,
    comes: "clocks that differ, of Teams and of this machine",
    must: "four minutes are forgiven and six are not, and the database's clock says what has expired",
    shownBy: {
      "http/authentication.test.ts": [
        "a token that expired four minutes ago is taken: clocks differ by so much",
        "a token that is valid in four minutes is taken: clocks differ by so much",
        forged("that expired six minutes ago"),
        forged("that is valid in six minutes"),
      ],
      "identity/time.test.ts": [
        "four minutes of difference are forgiven and six are not, where this machine's clock is right",
        "four minutes of difference are forgiven and six are not, where this machine's clock is an hour ahead",
        "four minutes of difference are forgiven and six are not, where this machine's clock is an hour behind",
      ],
      "conversation/hostile-clicks.test.ts": [
        "days ahead: what is open for the database can be decided",
        "days behind: what has expired for the database cannot",
      ],
      "conversation/approvals.test.ts": [
        "a timer of a process whose clock runs ahead ends nothing, and comes again when it is due",
      ],
    },
    beyond:
      "After us the SDK checks tokens of Teams by this machine's clock: one that is wrong lets nobody in too late, but keeps people out. The sample systems and the authority that signs for them share this machine's clock.",
  },
  {
    number: 7,
    comes: "a click that was carried out, once more",
    must: "the same outcome is shown, and the effect stays one",
    shownBy: {
      "conversation/act.test.ts": [
        "a click that the channel delivers twice gets the same answer twice",
        "a second click on an approved card changes nothing",
      ],
      "conversation/hostile-clicks.test.ts": [
        "that comes again as somebody else's is refused and in the audit; the effect stays one",
      ],
    },
  },
  {
    number: 8,
    comes: "a click of somebody who is no approver, asked for it, or is a guest",
    must: "it is refused without a word about the matter, no card changes, and it is in the audit",
    shownBy: {
      "conversation/hostile-clicks.test.ts": [
        wrongHands("no approver"),
        wrongHands("the requester"),
        wrongHands("a guest whom the directory does not know"),
      ],
    },
  },
  {
    number: 9,
    comes: "a click after the deadline, after a suspension, or after the policies changed",
    must: "it is refused, and somebody has to be asked anew",
    shownBy: {
      "conversation/bad-input.test.ts": [
        "a click after the deadline changes nothing, and everybody reads that it has expired",
      ],
      "conversation/policy-change.test.ts": [
        "a click after a change that decides otherwise is refused: the old question is void, says so, and is asked anew",
        "an agent that was suspended after it asked cannot be let act by a click",
      ],
    },
  },
  {
    number: 10,
    comes: "two clicks in the same moment on two processes",
    must: "one counts, and there is one effect",
    shownBy: {
      "drill/two-processes.test.ts": [
        "two approvers click in the same second on two processes, 20 times: one wins, both are answered in time, one effect each",
      ],
    },
  },
  {
    number: 11,
    comes: "yes and no in the same moment",
    must: "one of them counts, and whoever was slower reads which",
    shownBy: {
      "conversation/hostile-clicks.test.ts": [
        "at the moment of another one that says the opposite: one of them counts, and both read which (approved first)",
        "at the moment of another one that says the opposite: one of them counts, and both read which (rejected first)",
      ],
    },
  },
  {
    number: 12,
    comes: "a button whose data was changed: the amount, the digest, or the approval of another tenant",
    must: "what was asked is what runs: nothing of it is taken from the button but which question is meant",
    shownBy: {
      "conversation/hostile-clicks.test.ts": [
        "amount, digest and names in it are nobody's: what was asked is what runs, and who clicked has decided",
        "a field that the plan does not let change, and a version that nobody saw, change nothing",
        "is answered as what does not exist, by card and by word, and changes nothing there",
      ],
    },
  },
  {
    number: 13,
    comes: "a click whose value is an array, null, a prototype, or ten thousand fields",
    must: "it is answered as a mistake, and no object has changed",
    shownBy: {
      "conversation/hostile-clicks.test.ts": [
        ...["null", "an array", "data that is an array", "a prototype in its value", "a prototype in its data"],
        ...["ten thousand fields beside the right ones", "ten thousand fields to be changed"],
      ].map(mistake),
      "conversation/bad-input.test.ts": ["a body that is nested thousands of levels deep is refused"],
    },
  },
  {
    number: 14,
    comes: "a comment of 200 KB, or so much to say that no card holds it",
    must: "the one is refused; the other is cut where it says so, and never in an amount",
    shownBy: {
      "conversation/hostile-clicks.test.ts": [
        "a comment of 200 KB is refused with how long it may be, one of 300 KB unread",
      ],
      "card/cards.test.ts": [
        "fits what Teams takes, however much there is to say, in words: approval",
        "fits what Teams takes, however much there is to say, in marks: approval",
        "no amount is cut, however little room there is: the card says which amount is decided about, in full",
      ],
    },
  },
  {
    number: 15,
    comes: "a payee that turns its letters, hides some, or borrows them from another script",
    must: "the card says so, and the digest is over the bytes",
    shownBy: {
      "trust/disguised.test.ts": [
        disguise("a change of direction"),
        disguise("a character without width"),
        disguise("a Cyrillic letter"),
        "has a digest of its own: what is approved is the bytes, not how they look",
      ],
    },
  },
  {
    number: 16,
    comes: "a link, a mention, HTML or a picture in data",
    must: "they are text, and nothing is fetched",
    shownBy: {
      "card/cards.test.ts": [
        "mentions, pictures, links and HTML stay words, and nothing is fetched: approval",
        "mentions, pictures, links and HTML stay words, and nothing is fetched: answer",
        "names with templates, Markdown and hidden characters stay words: approval",
      ],
      "browser/desk-cards.test.ts": ["shows markup in names and texts as text, and opens web addresses only"],
    },
  },
  {
    number: 17,
    comes: "a template in data",
    must: "it stays as it was written: what is filled in is read once",
    shownBy: {
      "card/template.test.ts": ["is read once: what it holds of our own template's words stays words"],
      "conversation/bad-input.test.ts": [
        "templates and Markdown in what people write stay words, on every card that repeats them",
      ],
      "run/plan.test.ts": ["from the outputs of earlier steps, once: what is filled in is never read as a template"],
    },
  },
  {
    number: 18,
    comes: "an object in a card's data where words belong",
    must: "it is refused before it can become a part of the card",
    shownBy: {
      "card/template.test.ts": [
        onCard("an object"),
        onCard("a list of elements"),
        onCard("a number"),
        onCard("nothing"),
      ],
    },
  },
  {
    number: 19,
    comes: "a place of a template that the data does not fill",
    must: "no card is sent; tests render every card there is",
    shownBy: {
      "card/template.test.ts": ["that lacks a key sends no card with a hole in it"],
      "card/cards.test.ts": ["the renderer of the clients accepts: approval"],
    },
  },
  {
    number: 20,
    comes: "a template or an expression that somebody writes, such as a regular expression without end",
    must: "it is text: templates are files of ours, and compute next to nothing",
    shownBy: {
      "card/template.test.ts": [
        "are files of ours, which compute nothing but counts and comparisons",
        "computes nothing of what would be dear to compute",
      ],
    },
  },
  {
    number: 21,
    comes: "an agent whose owner, or the one who approved its data, is a mailbox, has left, or is nobody",
    must: "it is not registered",
    shownBy: {
      "registry/registry.test.ts": [
        ...["a shared mailbox as owner", "an owner whom nobody knows", "an owner whose account is disabled"],
        ...["a missing field", "a scope that a mailbox approved", "a scope that nobody approved"],
        "a scope that somebody approved whose account is disabled",
      ].map(invalid),
      "conversation/approvals.test.ts": [
        "an approver who has left the company decides nothing, though they were asked",
      ],
      "review/owners.test.ts": [
        "an owner who left: degraded, and the lead of the cluster is asked to name somebody of its people",
      ],
    },
  },
  {
    number: 22,
    comes: "says that are passed on in a circle, managers of each other, an approver on leave",
    must: "a circle is refused or stays where it was, nobody is asked twice, and in the end the question expires",
    shownBy: {
      "approval/escalation.test.ts": [
        "is refused before it is one, however long the way round",
        "stays with whom it belongs, should two have passed theirs on at the same moment",
        "ends after five hands at the latest",
        "leaves somebody who is asked, also where everybody who may decide has passed it on",
        "goes to nobody twice where two are each other's managers, and then to nobody",
      ],
      "conversation/approvals.test.ts": [
        "a circle of delegations is refused: nobody would decide",
        "out of office: new questions go to who stands in, until the person is back",
        "at last it expires, told apart from a rejection, with what can be done instead",
      ],
    },
  },
  {
    number: 23,
    comes: "an answer of 10 MB or 100 MB from a system",
    must: "it is cut off at the cap, most of it is never taken, and work goes on",
    shownBy: {
      "connector/busy-and-endless.test.ts": [
        "an answer of 10 MB is cut off at the cap: most of it is never taken, and the next call is answered",
        "an answer of 100 MB is cut off at the cap: most of it is never taken, and the next call is answered",
      ],
    },
  },
  {
    number: 24,
    comes: "a system that is silent, or drips without end",
    must: "it ends at the deadline; whether a write happened is unknown, and found out by its key or by a person",
    shownBy: {
      "connector/busy-and-endless.test.ts": [
        "an answer that drips forever ends at the total deadline: a write is then unknown and is not made again",
      ],
      "connector/rude-system.test.ts": [
        "silence ends at the deadline: nothing happened for a read, nobody knows for a write",
      ],
      "run/perform-step.test.ts": [
        "is unknown when the tries are used up, though the last of them surely did not arrive",
        "is done when one of them was answered, by whichever process",
      ],
      "conversation/human-check.test.ts": [
        "is never blindly tried again after a crash: a person looks, and says on a card that it happened",
      ],
    },
  },
  {
    number: 25,
    comes: "a tool whose description gives orders",
    must: "no model reads it, and the change is put aside",
    shownBy: {
      "agent/model.test.ts": ["descriptions that systems give of their tools never reach it"],
      "connector/tool-gate.test.ts": [
        "a description that changes without a word is found before the next write: the call is refused, and nothing is sent",
      ],
    },
  },
  {
    number: 26,
    comes: "a tool that changes after it was reviewed, announced or not",
    must: "it is not called until somebody has looked at it",
    shownBy: {
      "connector/tool-gate.test.ts": [
        "a description that changes without a word is found before the next write: the call is refused, and nothing is sent",
        "a change that is announced takes effect at once, before anybody calls",
        "a schema that asks for more is a change, and so are annotations and what we are told of undoing it",
        "two processes that find the same change ask once, and a release counts in both",
      ],
    },
  },
  {
    number: 27,
    comes: "a new tool that says nothing of what it does, or says that it only reads",
    must: "it counts as a write that nobody can take back",
    shownBy: {
      "connector/tool-gate.test.ts": [
        "a new tool is not offered until somebody has looked at it, and then it counts as a write that cannot be undone",
      ],
      "connector/rude-system.test.ts": [
        "a tool that is not clearly marked as reading counts as a write that nobody can take back",
      ],
    },
  },
  {
    number: 28,
    comes: "tools of two systems with one name, or with names that look alike",
    must: "they are refused, and both names are told",
    shownBy: {
      "connector/inventory.test.ts": [
        "refuses two systems whose tools could be taken for each other's",
        "with two tools that look alike are refused at the start, naming both",
      ],
      "connector/tool-gate.test.ts": [
        "a tool that can be taken for one of another system is not released, and both names are told",
        "a name that is listed twice is refused, whichever of the two was reviewed",
      ],
    },
  },
  {
    number: 29,
    comes: "an error of a system that tells its secrets",
    must: "they reach neither people, nor a model, nor the log",
    shownBy: {
      "connector/rude-system.test.ts": [
        "its secrets do not get through with its errors: not to people, nor to a model, nor into the log",
      ],
      "connector/redact.test.ts": ["is told without a password", "is told without a login in an address"],
    },
    beyond: "A secret that looks like no secret: what is covered is told by its form.",
  },
  {
    number: 30,
    comes: "a stolen session of a system",
    must: "it opens nothing for anybody else",
    shownBy: {
      "connector/tokens.test.ts": [
        "a stolen session id opens nothing for another agent, nor for another version, nor without a token",
        "a token for a user names both, and its session is that user's",
      ],
    },
  },
  {
    number: 31,
    comes: "a tool that hides many behind one name",
    must: "policy looks at its arguments",
    shownBy: { "policy/chain.test.ts": ["policy looks at arguments, not only at the tool's name"] },
    beyond: "The sample company has no such system: rules for one are written when it is connected.",
  },
  {
    number: 32,
    comes:
      "orders in a mail, its subject, a document, a ticket, a note, the name of a file or an alert, and a model that obeys",
    must: "nothing happens that no person has passed",
    shownBy: {
      "redteam/redteam.test.ts": ["changes nothing that no person has passed, and what is harmless is done"],
      "run/taint.test.ts": [
        "whose recipient comes out of a mail waits for somebody else, and says which input it is and where it was read",
      ],
      "conversation/bad-input.test.ts": [
        "a file that comes along is named as not read, once, and the text is answered all the same",
      ],
      "review/alerts.test.ts": [
        "with orders in its words: only what its kind says of its agent happens, and nobody reads the orders as ours",
      ],
    },
    beyond:
      "What is in files, and calendars: nobody reads them yet. Whatever a system gives that its entry does not call data of record counts as somebody's words.",
  },
  {
    number: 33,
    comes: "orders that were kept in one conversation and are read in the next",
    must: "they are as little trusted then, lead to nothing by themselves, and leave the company by no tool",
    shownBy: {
      "agent/model.test.ts": [
        "what was kept in one conversation is as untrusted in the next",
        "what somebody had remembered out of a document is as untrusted as the document, whoever agreed to keep it",
        "what untrusted text said is asked of no system outside; what the person said is",
      ],
      "policy/chain.test.ts": [
        "are told to nobody outside: a look-up at a system that is not the company's own is refused, and why",
      ],
      "redteam/redteam.test.ts": ["changes nothing that no person has passed, and what is harmless is done"],
      "conversation/memory.test.ts": [
        "what was read somewhere counts only on the person's word, and is asked about whenever something rests on it",
        "text that gives orders is put aside, given to no agent, and judged by the lead of the cluster",
      ],
    },
  },
  {
    number: 34,
    comes: "a look into memory for another tenant, under another role, or on a connection that was used before",
    must: "the database shows no row",
    shownBy: {
      "memory/isolation.test.ts": [
        "without a token nothing is seen, whatever settings are set",
        "a token shows its own rows alone, also where others are asked for by name",
        "on a pooled connection an error, a rollback or a lost commit leaves nothing behind",
        "no other account can be taken on, and security is not switched off",
      ],
    },
  },
  {
    number: 35,
    comes: "a model that names a tool that is none, sends no JSON, or amounts that are none",
    must: "it is not heard: amounts are decimals as text",
    shownBy: {
      "agent/model.test.ts": [
        ...["a tool that the plan does not declare", "arguments that are no JSON", "an amount as a float"],
        ...["an amount of 1e308", "an amount that is not a number", "an amount below zero"],
      ],
      "run/check-arguments.test.ts": [
        "amounts are decimals as text: no float, no exponent, nothing negative or endless",
        "a plan is refused that calls an unknown tool, or is no plan",
      ],
    },
  },
  {
    number: 36,
    comes: "a hundred calls at once, one below the budget, and a crash in the middle of one",
    must: "the budget is never exceeded, and nothing is charged twice or given back",
    shownBy: {
      "run/perform-step.test.ts": [
        "a hundred repeats at one call below its budget: one is made, and the budget is never exceeded",
        "a begin that is repeated after a crash in the middle of the call charges nothing twice and gives nothing back",
      ],
    },
  },
  {
    number: 37,
    comes: "policies that cannot be asked, or that miss what they ask for",
    must: "it is denied, and that is evidence: of steps, of proposals, and of what a planner looks up",
    shownBy: {
      "policy/chain.test.ts": [
        "a key that the context lacks denies",
        "a rule that errors denies, also where it would forbid and others permit",
        "an engine that throws denies, and no number that is none gets past it",
      ],
      "conversation/denied-reads.test.ts": [
        "denies with an engine that throws: nothing is read, and that is evidence",
        "denies with a key that the context lacks: nothing is read, and that is evidence",
        "is as much evidence as a write that policy denies before anybody is asked",
        "by an agent that a run asks for its word is kept with that run",
        "while an approver changes the inputs is kept with the run, and nothing is changed",
      ],
    },
  },
  {
    number: 38,
    comes: "no room for evidence, or a database that is away",
    must: "nothing is done without its evidence, people are told to try again, and nothing is done by half",
    shownBy: {
      "audit/no-evidence.test.ts": [
        "a decision that cannot be recorded is not taken: the card says to try again, and then it works",
        "an approved action whose beginning cannot be recorded does not begin, and does as soon as it can",
        "an effect whose end cannot be recorded yet is recorded once, and is not repeated",
      ],
      "drill/database-away.test.ts": [
        "people are told, a click is not taken for done, and afterwards everything goes on by itself",
      ],
    },
  },
  {
    number: 39,
    comes: "evidence that was cut at its end, changed in a line, or replaced as a whole",
    must: "verifying it says so, and where",
    shownBy: {
      "audit/chain.test.ts": ["shows a changed line, and where", "shows a cut tail, and where"],
      "audit/anchors.test.ts": [
        "show a tail that was cut together with the head",
        "show a chain that was replaced by one that holds in itself",
        "show that a whole chain is gone",
      ],
    },
  },
  {
    number: 40,
    comes: "an alert that is forged, not signed, meant for others, or sent again",
    must: "401 and nobody is suspended; once more is once",
    shownBy: {
      "review/alerts.test.ts": [
        "forged alerts are refused, and nobody is degraded",
        "tokens that are forged, over, or meant for others are refused alike, without a word about why",
        "the same alert again is answered well, and nothing happens twice",
        "a replayed request is refused",
      ],
    },
  },
  {
    number: 41,
    comes: "an alert that is resolved, of an unknown schema, of 256 KB, or with a threshold that is no number",
    must: "nothing resumes; what can be read is acted on, what cannot is refused, and both are kept",
    shownBy: {
      "review/alerts.test.ts": [
        "Resolved never resumes anything: it is noted and shown",
        "resolved, of an agent that a security incident suspended: it stays suspended",
        "in a schema that nobody knows: it is refused with the cure, kept, and changes nothing",
        "of 256 KB, with a threshold that is no number: it is taken and acted on",
      ],
    },
  },
  {
    number: 42,
    comes: "a system that turns everybody away for a while",
    must: "it is asked again within the budget and then left alone, and the others do not notice",
    shownBy: {
      "connector/busy-and-endless.test.ts": [
        "is asked again after the pause that it wants, within the deadline",
        "is not waited for where the pause is longer than the time that is left; nothing was done",
        "that keeps turning us away is left alone, and the other systems do not notice",
      ],
      "run/perform-step.test.ts": ["is unknown, and not called off, where another try does not fit into its budget"],
    },
  },
  {
    number: 43,
    comes: "a process that is killed between an effect and its record",
    must: "after the restart there is one effect, or a person is asked whether it happened",
    shownBy: {
      "drill/power-cut.test.ts": [
        "of the bot, at the moment of the click: it is done once after the restart, and the cards are true",
        "of the bot, while the system that does it hangs",
        "of the bot and its database, at the moment of the click",
      ],
      "drill/drill.test.ts": ["one bot"],
      "conversation/human-check.test.ts": [
        "is never blindly tried again after a crash: a person looks, and says on a card that it happened",
      ],
    },
  },
  {
    number: 44,
    comes: "two processes, one of which still has the rules of yesterday",
    must: "what was asked under those counts on neither, since the database says which are in force",
    shownBy: {
      "conversation/policy-change.test.ts": [
        "two processes, one with the rules of yesterday: the old approval counts on neither",
      ],
    },
    beyond:
      "What the rules of today would ask in the same words stands: only what they would decide otherwise is void.",
  },
  {
    number: 45,
    comes: "a program without proof of who it is, another tenant's run, a key that was used for something else",
    must: "it is turned away, the run is unknown, and the key is refused",
    shownBy: {
      "http/every-door.test.ts": [
        "let nobody in without proof of who they are",
        "are no others: there is neither the desk, nor a program's way in, nor another agent's",
      ],
      "conversation/hostile-clicks.test.ts": [
        "is answered as what does not exist, by card and by word, and changes nothing there",
      ],
      "connector/writing.test.ts": ["the same key with other arguments or another tool is refused"],
    },
    beyond:
      "There is no door for programs yet (R1.2): runs are reached by cards and words, and keys are those of calls to systems.",
  },
  {
    number: 46,
    comes: "an agent of others that wants to be told at an address of its choice",
    must: "there is no such door; and no address within the house or the cloud is called, whoever names it",
    shownBy: {
      "http/every-door.test.ts": [
        "are no others: there is neither the desk, nor a program's way in, nor another agent's",
      ],
      "connector/egress.test.ts": [
        "an address of the cloud's own services or of this machine gets no byte",
        "the socket goes to the very address that was checked: a name that changes its answer gains nothing",
      ],
    },
    beyond: "The A2A protocol itself, its versions and its notifications: it is not spoken yet (R3.5).",
  },
  {
    number: 47,
    comes: "a click on what an agent asked before it was suspended, while neither systems nor model answer",
    must: "it is refused, and stopping the fleet needs none of them",
    shownBy: {
      "conversation/kill-alone.test.ts": [
        "the kill switch works, a suspension works, and no click lets through what was queued before",
      ],
      "conversation/policy-change.test.ts": ["an agent that was suspended after it asked cannot be let act by a click"],
      "review/alerts.test.ts": [
        "security_incident: suspended at once, out of routing, its runs held, three kinds of people told",
      ],
    },
  },
];
