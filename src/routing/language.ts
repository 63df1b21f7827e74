/**
 * Is this said in another language than the fleet's? Function words tell, since every sentence has some and they are not borrowed:
 * "Was ist der Status" shares its nouns with English, and nothing else. Words that are English too ("die", "was", "pour") are left
 * out, and words that a fleet has registered are its own.
 * @param words normalised: names of customers and people are masked
 */
export function isForeign(words: string, registered: ReadonlySet<string>): boolean {
  let foreign = 0;
  let english = 0;
  for (const word of words.split(" ")) {
    if (ENGLISH.has(word)) english += 1;
    else if (FOREIGN.has(word) && !registered.has(word)) foreign += 1;
  }
  return foreign > english;
}

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

const ENGLISH = list(
  `a about all an and any are at be been by can could did do does for from give had has have he her his how i in is it its list me
  my no not of on or our she should show tell that the their them there these they this to us was we were what when where which
  who whom whose why will with would you your`,
);

/** German, French, Spanish, Italian, Portuguese, Dutch, Polish, Scandinavian: without accents, as texts are normalised. */
const FOREIGN = list(
  `aber alle auf aus bei bis bitte das dass dem den der des diese dieser du ein eine einem einen einer es fur gibt habe haben
  ich ihr ist kann keine kannst konnen konntest mein meine meinem meinen meiner mich mir nach nicht noch oder sich sie sind
  uber um und uns unser unsere viel viele vom von vor wann warum welche welchen welcher welches wer wie wieviel wir wird zeig
  zeige zu zum zur zwischen aux avec ce ces cette combien comment dans donnez elle est et il ils je la le les leur ma mes moi
  montre montrez nous nos notre pas peux quand que quel quelle quelles quels qui ses sont sur tu un une vos votre vous como
  cual cuales cuando cuanto cuantos cuantas de donde el ella en esta estan este hay las los mi muestra muestrame para pero
  por puedo quien quienes su sus tengo una uno che chi cosa da dei della delle di gli ho io lo mia mio mostra mostrami nel
  nella non per perche puoi quali quante quanti quanto sono stato sulla abra ao aos com foi mais meu meus minha minhas nao
  pela pelo qual quais quantos sao sem seu sua tem tenho uma dat deze een geef heb hebben heeft het hoe hoeveel ik jij kan
  laat mij mijn naar niet onze toon voor waar waarom wat welke zijn czy dla gdzie ile jak jaki jakie jest kiedy kto mam moj
  moje nie od prosze alla det ett fra hvad hvem hvilke hvor hur inte jag jeg mig mina och og som til vilka`,
);
