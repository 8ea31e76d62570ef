//! The words that the rule knows: English ones that carry no content, and those of several languages that carry much.

use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) type Flags = u32;
pub(super) const ARTICLE: Flags = 1;
pub(super) const BE: Flags = 1 << 1;
pub(super) const MODAL: Flags = 1 << 2;
pub(super) const FILLER: Flags = 1 << 3;
pub(super) const NEGATION: Flags = 1 << 4;
pub(super) const PREPOSITION: Flags = 1 << 5;
pub(super) const PRONOUN: Flags = 1 << 6;
pub(super) const PERSON: Flags = 1 << 7;
pub(super) const VERB: Flags = 1 << 8;
pub(super) const REPORTING: Flags = 1 << 9;
pub(super) const WEEKDAY: Flags = 1 << 10;
pub(super) const MONTH: Flags = 1 << 11;
pub(super) const DAY: Flags = 1 << 12;
pub(super) const TIME: Flags = 1 << 13;
/// Another word when it begins with, or is in, capital letters.
pub(super) const CASED: Flags = 1 << 15;
/// An acronym that people write in small letters too.
pub(super) const ACRONYM: Flags = 1 << 16;
pub(super) const JOINING: Flags = 1 << 17;
pub(super) const ADVERB: Flags = 1 << 18;
/// The order of what is listed beside it carries meaning.
pub(super) const ORDERING: Flags = 1 << 19;
pub(super) const ENGLISH: Flags = 1 << 20;
pub(super) const FOREIGN: Flags = 1 << 21;
pub(super) const NUMBER: Flags = 1 << 22;
pub(super) const ABBREVIATION: Flags = 1 << 23;
/// A verb whose "is …ing" says no more than the simple form.
pub(super) const LASTING: Flags = 1 << 24;
/// A verb of which one thing has one subject: whoever leads the team instead is a correction.
pub(super) const EXCLUSIVE: Flags = 1 << 25;
/// A word before a list of which the order carries nothing.
pub(super) const LISTING: Flags = 1 << 26;
/// Said before a text begins.
pub(super) const GREETING: Flags = 1 << 27;

/// Words that hold a sentence together and may stand in any case.
pub(super) const FUNCTION: Flags =
    ARTICLE | BE | MODAL | FILLER | NEGATION | PREPOSITION | PRONOUN | JOINING | ADVERB;

/// What is known of a word in small letters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) flags: Flags,
    /// The word that stands for it and its equals.
    pub(super) canon: Option<&'static str>,
}

pub(super) fn look_up(word: &str) -> Entry {
    LEXICON.get(word).copied().unwrap_or_default()
}

pub(super) fn has(word: &str, flags: Flags) -> bool {
    look_up(word).flags & flags != 0
}

const FLAGGED: &[(Flags, &str)] = &[
    (ARTICLE, "a an the"),
    (BE, "am is are"),
    (
        MODAL,
        "was were be been being has have had do does did will would can could should may might must shall",
    ),
    (FILLER, "please kindly actually basically currently presently btw fyi also"),
    (
        NEGATION,
        "not no never none nobody nothing nowhere neither nor without cannot except unless stop stops stopped quit quits \
         avoid avoids refuse refuses refused lacks nolonger hardly non exclude excludes excluding nicht ne ni kein keine keinen keiner nie \
         niemals ohne pas jamais sans aucun nunca sin tampoco ningun jamás не нет никогда без लا لا ليس لم لن नहीं मत ไม่ не 不 没 \
         沒 無 无 非 未 别 ない ません",
    ),
    (
        PREPOSITION,
        "in on at for with from to by into onto over under about after before during since until till through between \
         against near around within per via toward towards across behind above below upon besides as",
    ),
    (
        PRONOUN,
        "i me my mine myself user theuser we us our ours you your yours he him his she her hers they them their theirs it its this \
         that these those who whom whose which what where when how why there here himself herself themselves",
    ),
    (
        PERSON,
        "brother sister mother father mom mum dad parent son daughter child wife husband partner friend colleague boss \
         manager neighbour neighbor uncle aunt cousin grandmother grandfather grandma grandpa girlfriend boyfriend teacher \
         doctor client customer assistant nephew niece roommate landlord coach dentist therapist brothers sisters parents sons \
         daughters children kids friends colleagues partners clients customers",
    ),
    (
        VERB,
        "like love hate prefer want need use work live write read run play drink eat speak learn study teach know think \
         believe own have do go come take give make get buy sell drive ride walk swim travel visit meet call email send plan \
         try start finish begin keep leave move stay sleep wake cook bake grow build deploy test review merge push pull commit \
         code program design manage lead report maintain handle head chair support help ask answer tell say mention talk \
         discuss listen watch see hear feel enjoy avoid allow deny require follow subscribe pay cost save spend earn invest \
         store host ship open close enable disable turn set change update upgrade install remove add delete create train \
         practise practice wear carry hold bring put find lose win collect sing dance paint draw suffer hope expect remember \
         forget worry care share rent cycle hike climb fish camp volunteer organise organize belong contain include depend \
         end expire return fly land depart arrive begin attend join dislike translate measure weigh earn celebrate order \
         commute log trace approve reject choose pick decide track back sync archive format sort connect listen serve \
         lasts holds turned leads manages owns runs heads chairs works lives uses stores hosts likes prefers reports starts ends begins leaves \
         arrives departs opens closes expires costs takes has contains requires supports belongs wants needs speaks knows \
         teaches plays drinks eats reads writes drives moved lived worked liked preferred used bought sold met visited called \
         started finished ended approved traced discussed helped shipped opened closed changed created left went came took \
         gave made got said told wrote ran saw maintains handles meets visits studies sells buys sends pays weighs measures",
    ),
    (EXCLUSIVE, "lasts holds turned leads manages owns heads chairs maintains runs led managed handles"),
    (REPORTING, "said says mentioned mentions stated states noted notes reported confirmed explained wrote"),
    (
        WEEKDAY,
        "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays \
         sundays montag dienstag mittwoch donnerstag freitag samstag sonntag lunes martes miércoles jueves viernes sábado \
         domingo lundi mardi mercredi jeudi vendredi samedi dimanche понедельник вторник среду четверг пятницу субботу \
         воскресенье среда пятница суббота الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد सोमवार मंगलवार बुधवार गुरुवार \
         शुक्रवार शनिवार रविवार ሰኞ ማክሰኞ ረቡዕ ሐሙስ ዓርብ ቅዳሜ እሁድ",
    ),
    (
        MONTH,
        "january february march april may june july august september october november december jan feb mar apr jun jul aug \
         sep sept oct nov dec",
    ),
    (
        DAY,
        "today tomorrow yesterday tonight weekend weekday weekends weekdays spring summer autumn winter week month year",
    ),
    (TIME, "morning noon afternoon evening night midnight mornings afternoons evenings nights am pm"),
    (
        CASED,
        "us it who may march august april june will mark bill rose grace hope faith joy frank jack rob grant \
         dawn summer autumn sandy daisy lily violet ivy olive holly hazel amber ruby pearl jade crystal \
         chance chase hunter mason carter cooper baker smith cook king bishop pope bush gates jobs ford \
         target gap shell apple amazon windows word excel access outlook teams slack zoom discord signal \
         telegram notion linear swift rust go java python perl dart julia elixir spark hive oracle safari \
         edge chrome opera brave turkey china chile jordan chad georgia reading bath nice cork mobile phoenix \
         buffalo polish earth mercury mars moon sun dove tide visa sprint meta alphabet block square stripe \
         box unity react angular express flask rails next node puppet chef salt aids can art bob pat sue don \
         drew gene guy harry lance max mike nick norm pierce ray rich skip stone ward wade wood penny robin \
         sage heather iris dean duke earl miles keynote sheets docs drive meet maps calendar catholic \
         democratic republican liberal conservative labour god bible internet web ham sole cape delta echo \
         sierra tango victor oscar java lima vim emacs cobra maverick explorer pilot fit jazz civic accord \
         focus galaxy note pixel surface switch steam origin arc fleet reminders hulk queen prince kiss \
         journey genesis rush boston sid ana",
    ),
    (
        ACRONYM,
        "api apis pdf pdfs sql html css json url urls http https usb tv cpu gpu ram csv ssh dns vpn faq ceo cto xml yaml sms gps",
    ),
    (GREETING, "thanks hi hello hey okay ok"),
    (
        LISTING,
        "like likes love loves hate hates have has own owns buy buys bought eat eats drink drinks collect collects grow grows \
         play plays need needs want wants include includes contain contains sell sells with about for to without need bought",
    ),
    (
        JOINING,
        "and or but because if while although though than then of so whether both either nor yet whenever whereas",
    ),
    (
        ADVERB,
        "always usually often sometimes rarely seldom only just still even already again too very really quite almost \
         earlier previously later now soon nolonger",
    ),
    (
        ORDERING,
        "then first second third fourth last rank ranks rate rates ranked sorted list listed order ordered priority priorities rank ranked ranking respectively before after \
         over sequence step steps top most least followed following next finally prefer prefers than from to into between \
         versus vs instead rather top-down favourite favorite once until alphabetical left right",
    ),
    (
        ENGLISH,
        "the is are and of to with from that this i i'm i've i'd i'll my user user's users it they you your not does doesn't \
         don't has should for on at was were has prefers likes we our likes lives works every when by be she his her their have \
         as about always never",
    ),
    (
        FOREIGN,
        "der das und ist nicht ein eine einen einem einer mit von für ich mein meine auf zu den dem im wir sie er hat sind \
         wird nutzer benutzer el los las una y que del es con por para mi su usuario se lo al le les et est je une dans pas du \
         des il elle mon ma son sur avec pour au aux utilisateur nous il di che non per con sono mio uno gli della um uma não \
         com da em ao het een van niet ik mijn och att inte jag på är og ikke jeg på nie się jest",
    ),
    (
        NUMBER,
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
         eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half \
         twice once third quarter double triple both ein eins zwei drei vier fünf sechs sieben acht neun zehn dos tres cuatro \
         cinco seis siete ocho nueve diez deux trois quatre cinq sept huit neuf dix два две три четыре пять шесть семь восемь \
         девять десять दो तीन चार पाँच पांच छह सात आठ नौ दस 一 二 三 四 五 六 七 八 九 十 百 千 万 两 ሁለት ሦስት ሶስት አራት አምስት ስድስት",
    ),
    (ABBREVIATION, "dr mr mrs ms prof st vs etc inc ltd jr sr approx no dept fig"),
    (LASTING, "living working learning studying planning trying using training preparing writing looking"),
];

/// A word = the word that stands for it. Only words that a reader would swap without a thought.
const EQUALS: &str = "reside=live resides=lives residing=living enjoy=like enjoys=likes enjoying=liking favour=prefer favor=prefer \
    favours=prefers favors=prefers favourite=favorite favourites=favorites colour=color colours=colors grey=gray \
    organise=organize organises=organizes organised=organized neighbour=neighbor neighbours=neighbors centre=center \
    theatre=theater behaviour=behavior analyse=analyze analyses=analyzes analysed=analyzed programme=program \
    purchase=buy purchases=buys purchased=bought assist=help assists=helps assisted=helped large=big begin=start \
    begins=starts began=started commence=start commences=starts commenced=started finish=end finishes=ends \
    automobile=car telephone=phone bicycle=bike bicycles=bikes television=tv \
    mum=mother mom=mother dad=father kid=child kids=children e-mail=email e-mails=emails photograph=photo photographs=photos \
    each=every previous=earlier prior=earlier previously=earlier &=and annually=yearly brief=concise \
    succinct=concise reply=answer replies=answers responses=answers physician=doctor till=until frequently=often \
    seldom=rarely whilst=while amongst=among towards=toward tue=tuesday tues=tuesday thu=thursday thur=thursday \
    thurs=thursday fri=friday";

/// Spellings without an apostrophe, and words that are two.
pub(super) fn expanded(word: &str) -> Option<&'static [&'static str]> {
    Some(match word {
        "dont" => &["do", "not"],
        "doesnt" => &["does", "not"],
        "didnt" => &["did", "not"],
        "isnt" => &["is", "not"],
        "arent" => &["are", "not"],
        "wasnt" => &["was", "not"],
        "cant" | "can't" | "cannot" => &["can", "not"],
        "wont" | "won't" => &["will", "not"],
        "shan't" => &["shall", "not"],
        "ain't" => &["is", "not"],
        "gonna" => &["going", "to"],
        "wanna" => &["want", "to"],
        "i'm" | "im" => &["i", "am"],
        "let's" => &["let", "us"],
        "it's" => &["it", "is"],
        "that's" => &["that", "is"],
        "he's" => &["he", "is"],
        "she's" => &["she", "is"],
        "there's" => &["there", "is"],
        "what's" => &["what", "is"],
        "who's" => &["who", "is"],
        "where's" => &["where", "is"],
        "here's" => &["here", "is"],
        "how's" => &["how", "is"],
        "dislike" | "dislikes" => &["not", "like"],
        "alongside" => &["with"],
        _ => return None,
    })
}

/// Phrases and what stands for them; an empty replacement says nothing. The longest that fits comes first.
pub(super) const PHRASES: &[(&[&str], &[&str])] = &[
    (&["in", "an", "earlier", "session"], &["earlier"]),
    (&["in", "a", "previous", "session"], &["earlier"]),
    (&["in", "a", "prior", "session"], &["earlier"]),
    (&["in", "a", "past", "session"], &["earlier"]),
    (&["in", "our", "last", "session"], &["last", "session"]),
    (&["keep", "in", "mind", "that"], &[]),
    (&["please", "remember", "that"], &[]),
    (&["please", "note", "that"], &[]),
    (&["for", "your", "information"], &[]),
    (&["just", "so", "you", "know"], &[]),
    (&["remember", "that"], &[]),
    (&["note", "that"], &[]),
    (&["by", "the", "way"], &[]),
    (&["at", "the", "moment"], &[]),
    (&["as", "of", "now"], &[]),
    (&["right", "now"], &[]),
    (&["these", "days"], &[]),
    (&["as", "well"], &[]),
    (&["the", "user"], &["theuser"]),
    (&["this", "user"], &["theuser"]),
    (&["no", "longer"], &["nolonger"]),
    (&["has", "to"], &["must"]),
    (&["have", "to"], &["must"]),
    (&["needs", "to"], &["must"]),
    (&["need", "to"], &["must"]),
    (&["would", "like"], &["want"]),
    (&["talked", "about"], &["discussed"]),
    (&["talk", "about"], &["discuss"]),
    (&["spoke", "about"], &["discussed"]),
    (&["talking", "about"], &["discussing"]),
    (&["am", "fond", "of"], &["like"]),
    (&["is", "fond", "of"], &["like"]),
    (&["works", "as", "a"], &["is"]),
    (&["work", "as", "a"], &["is"]),
    (&["works", "as", "an"], &["is"]),
    (&["work", "as", "an"], &["is"]),
    (&["e", "mail"], &["email"]),
    (&["time", "zone"], &["timezone"]),
    (&["web", "site"], &["website"]),
    (&["every", "day"], &["daily"]),
    (&["each", "day"], &["daily"]),
    (&["every", "week"], &["weekly"]),
    (&["each", "week"], &["weekly"]),
    (&["every", "month"], &["monthly"]),
    (&["each", "month"], &["monthly"]),
    (&["every", "year"], &["yearly"]),
    (&["each", "year"], &["yearly"]),
    (&["in", "order", "to"], &["to"]),
    (&["a", "lot", "of"], &["lots", "of"]),
    (&["a", "few"], &["afew"]),
    (&["a", "little"], &["alittle"]),
    (&["with", "no"], &["without"]),
    (&["is", "able", "to"], &["can"]),
    (&["am", "able", "to"], &["can"]),
    (&["are", "able", "to"], &["can"]),
    (&["is", "called"], &["isnamed"]),
    (&["am", "called"], &["isnamed"]),
    (&["am", "named"], &["isnamed"]),
    (&["is", "named"], &["isnamed"]),
    (&["'s", "name", "is"], &["isnamed"]),
    (&["have", "an", "allergy", "to"], &["allergic", "to"]),
    (&["has", "an", "allergy", "to"], &["allergic", "to"]),
    (&["likes", "to"], &["likes", "ing:"]),
    (&["like", "to"], &["like", "ing:"]),
    (&["loves", "to"], &["loves", "ing:"]),
    (&["love", "to"], &["love", "ing:"]),
];

const OPPOSITES: &str = "enabled/disabled enable/disable enables/disables on/off always/never before/after love/hate loves/hates \
    like/hate likes/hates allow/deny allow/forbid allow/block allows/denies allowed/denied allowed/forbidden allowed/blocked \
    allowed/prohibited increase/decrease increases/decreases increased/decreased left/right up/down open/closed open/close \
    opens/closes opened/closed start/stop start/end starts/ends starts/stops started/stopped started/finished hot/cold warm/cold \
    more/less more/fewer most/least minimum/maximum min/max high/low higher/lower early/late earlier/later public/private \
    true/false yes/no accept/reject accepts/rejects accepted/rejected add/remove adds/removes added/removed above/below \
    inside/outside with/without morning/evening day/night single/married buy/sell buys/sells bought/sold import/export \
    imports/exports encrypt/decrypt upgrade/downgrade upgraded/downgraded north/south east/west northern/southern eastern/western \
    first/last old/new old/young older/younger dark/light black/white big/small large/small bigger/smaller fast/slow \
    faster/slower long/short longer/shorter win/lose wins/loses won/lost male/female online/offline in/out cheap/expensive \
    all/none safe/dangerous push/pull over/under horizontal/vertical odd/even major/minor manual/automatic required/optional \
    mandatory/optional alive/dead present/absent permanent/temporary approve/reject approved/rejected ascending/descending \
    asc/desc sync/async success/failure succeeded/failed succeeds/fails passes/fails passed/failed best/worst better/worse \
    good/bad happy/sad easy/hard easy/difficult strong/weak wet/dry full/empty rich/poor loud/quiet sweet/savory spicy/mild \
    lock/unlock include/exclude includes/excludes included/excluded internal/external input/output source/target create/delete \
    created/deleted arrive/depart arrives/departs arrives/leaves attack/defend lend/borrow lends/borrows lent/borrowed can/cannot \
    everyone/nobody everybody/nobody everything/nothing often/rarely usually/rarely agree/disagree agrees/disagrees trust/distrust \
    front/back top/bottom summer/winter light/heavy thick/thin wide/narrow deep/shallow employed/unemployed tabs/spaces \
    vegetarian/carnivore indoor/outdoor indoors/outdoors remote/onsite remotely/onsite formal/informal verbose/concise \
    bevor/nachdem immer/nie siempre/nunca toujours/jamais всегда/никогда 多/少 大/小 左/右 上/下 早/晚 دائما/أبدا";

static LEXICON: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Entry> = HashMap::new();
    for (flags, list) in FLAGGED {
        for word in list.split_whitespace() {
            words.entry(word).or_default().flags |= flags;
        }
    }
    for (word, canon) in EQUALS.split_whitespace().filter_map(|pair| pair.split_once('=')) {
        words.entry(word).or_default().canon = Some(canon);
    }
    words
});

static OPPOSITE: LazyLock<HashMap<(&'static str, &'static str), ()>> = LazyLock::new(|| {
    let pairs = OPPOSITES.split_whitespace().filter_map(|pair| pair.split_once('/'));
    pairs.flat_map(|(one, other)| [((one, other), ()), ((other, one), ())]).collect()
});

/// Whether the two words say the opposite: by the table, or by a prefix such as `un-`.
pub(super) fn opposite(one: &str, other: &str) -> bool {
    let prefixed = |long: &str, short: &str| {
        short.len() >= 3
            && ["un", "dis", "in", "im", "ir", "il", "non", "non-", "mis", "de"]
                .iter()
                .any(|prefix| long.strip_prefix(prefix) == Some(short))
    };
    OPPOSITE.contains_key(&(one, other)) || prefixed(one, other) || prefixed(other, one)
}

/// The word for a unit after a number: `milligrams`, `mg` to `mg`.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "mg" | "milligram" | "milligrams" => "mg",
        "g" | "gram" | "grams" => "g",
        "kg" | "kilogram" | "kilograms" | "kilo" | "kilos" => "kg",
        "mcg" | "µg" | "μg" | "microgram" | "micrograms" => "µg",
        "ml" | "millilitre" | "millilitres" | "milliliter" | "milliliters" => "ml",
        "l" | "litre" | "litres" | "liter" | "liters" => "l",
        "cm" | "centimetres" | "centimeters" => "cm",
        "mm" | "millimetres" | "millimeters" => "mm",
        "m" | "metre" | "metres" | "meter" | "meters" => "m",
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => "km",
        "mi" | "mile" | "miles" => "mile",
        "ft" | "foot" | "feet" => "foot",
        "inch" | "inches" => "inch",
        "lb" | "lbs" => "lb",
        "pound" | "pounds" => "pound",
        "oz" | "ounce" | "ounces" => "oz",
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "second",
        "min" | "mins" | "minute" | "minutes" => "minute",
        "h" | "hr" | "hrs" | "hour" | "hours" => "hour",
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" => "month",
        "year" | "years" => "year",
        "%" | "percent" => "%",
        "kb" => "kb",
        "mb" => "mb",
        "gb" => "gb",
        "tb" => "tb",
        "hz" => "hz",
        "khz" => "khz",
        "mhz" => "mhz",
        "ghz" => "ghz",
        "w" | "watt" | "watts" => "w",
        "kw" | "kilowatts" => "kw",
        "kwh" => "kwh",
        "v" | "volt" | "volts" => "v",
        "kcal" => "kcal",
        "°c" | "celsius" => "°c",
        "°f" | "fahrenheit" => "°f",
        "px" | "pixels" | "pixel" => "px",
        "usd" | "dollars" | "dollar" => "dollar",
        "eur" | "euros" | "euro" => "euro",
        "gbp" => "gbp",
        _ => return None,
    })
}

/// Whether a run of a script without spaces says no.
pub(super) fn negates(run: &str) -> bool {
    ["不", "没", "沒", "無", "无", "未", "别", "ない", "なく", "なかった", "ません", "ไม่", "มิได้", "ไม่ได้"]
        .iter()
        .any(|word| run.contains(word))
}

/// A number word's digits.
pub(super) fn digits(word: &str) -> Option<&'static str> {
    const WORDS: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
                         sixteen seventeen eighteen nineteen twenty";
    const DIGITS: &str = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";
    const TENS: [(&str, &str); 8] = [
        ("thirty", "30"),
        ("forty", "40"),
        ("fifty", "50"),
        ("sixty", "60"),
        ("seventy", "70"),
        ("eighty", "80"),
        ("ninety", "90"),
        ("hundred", "hundred"),
    ];
    WORDS
        .split_whitespace()
        .zip(DIGITS.split_whitespace())
        .find(|(name, _)| *name == word)
        .map(|(_, digits)| digits)
        .or_else(|| TENS.iter().find(|(name, _)| *name == word).map(|(_, digits)| *digits))
}

/// A month's number by its name or short form.
pub(super) fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let short = word == "sept" || word.len() == 3;
    let named =
        |month: &str| if short { month.starts_with(word.get(..3).unwrap_or(word)) } else { month == word };
    (1..).zip(MONTHS).find(|(_, month)| named(month)).map(|(number, _)| number)
}

/// The verb that belongs to "likes": "like".
pub(super) fn without_s(verb: &str) -> Option<String> {
    match verb {
        "has" => return Some("have".into()),
        "does" => return Some("do".into()),
        "goes" => return Some("go".into()),
        _ => {}
    }
    if verb.len() < 4 || verb.ends_with("ss") || !verb.is_ascii() {
        return None;
    }
    if let Some(stem) = verb.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if let Some(stem) = verb.strip_suffix("es")
        && ["ch", "sh", "ss", "x", "zz", "o"].iter().any(|end| stem.ends_with(end))
    {
        return Some(stem.into());
    }
    verb.strip_suffix('s').map(Into::into)
}

/// A rough stem, only to name what kind of difference two words are; it never makes two words one.
pub(super) fn stem(word: &str) -> &str {
    let irregular = [
        ("went", "go"),
        ("gone", "go"),
        ("bought", "buy"),
        ("sold", "sell"),
        ("met", "meet"),
        ("wrote", "writ"),
        ("written", "writ"),
        ("ran", "run"),
        ("took", "tak"),
        ("made", "mak"),
        ("had", "hav"),
        ("has", "hav"),
        ("was", "be"),
        ("were", "be"),
        ("is", "be"),
        ("are", "be"),
        ("am", "be"),
        ("did", "do"),
        ("does", "do"),
        ("left", "leav"),
        ("drove", "driv"),
        ("spoke", "speak"),
        ("drank", "drink"),
        ("ate", "eat"),
        ("saw", "see"),
        ("read", "read"),
        ("taught", "teach"),
        ("knew", "know"),
        ("thought", "think"),
        ("kept", "keep"),
        ("slept", "sleep"),
        ("began", "begin"),
        ("sang", "sing"),
        ("swam", "swim"),
    ];
    if let Some((_, stem)) = irregular.iter().find(|(form, _)| *form == word) {
        return stem;
    }
    for end in ["ing", "ied", "ies", "ed", "es", "s", "e", "y"] {
        if let Some(stem) = word.strip_suffix(end)
            && stem.len() >= 2
        {
            return stem;
        }
    }
    word
}

/// The phrases that begin with a word.
pub(super) fn phrases_with(word: &str) -> &'static [(&'static [&'static str], &'static [&'static str])] {
    static BY_FIRST: LazyLock<
        HashMap<&'static str, Vec<(&'static [&'static str], &'static [&'static str])>>,
    > = LazyLock::new(|| {
        let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
        for (phrase, words) in PHRASES {
            if let Some(first) = phrase.first() {
                by_first.entry(*first).or_default().push((*phrase, *words));
            }
        }
        by_first
    });
    BY_FIRST.get(word).map_or(&[], Vec::as_slice)
}
