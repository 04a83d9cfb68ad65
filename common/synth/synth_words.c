#include "synth/synth_words.h"

#include <string.h>

/* Words are separated by '|'. Empty ones make room for texts without them. */
const struct words words_all[] = {
    {"first",
     {"Ana|Bruno|Carla|Dario|Elif|Farid|Greta|Hugo|Ines|Jonas|Keiko|Liam|Maya|Nadia|Omar|Petra|"
      "Quentin|Rosa|Stefan|Tara|Ulrich|Vera|Wanda|Xavier|Yusuf|Zoë|Amir|Bettina|Chidi|Dunja|Emil|"
      "Fatima|Goran|Helga|Ivan|Jasmin|Kofi|Leila|Marek|Noor|Olga|Pablo|Rashid|Sofia|Tomas|Ursula|"
      "Viktor|Wen|Yara|Zainab|Arne|Birgit|Cem|Dora|Erik|Frida|Gustavo|Hana|Isak|Jana|Kiran|Lotte|"
      "Miguel|Nils",
      "Adela|Bogdan|Cora|Dmitri|Edda|Felix|Gloria|Henrik|Irma|Joaquin|Klara|Lorenz|Mei|Nuno|Oona|"
      "Pavel|Renate|Samir|Thea|Uwe|Vanja|Walid|Yvonne|Zoran"}},
    {"last",
     {"Ruiz|Keller|Okafor|Lindgren|Moreau|Tanaka|Petrov|Silva|Novak|Haddad|Olsen|Rossi|Schmidt|"
      "Nguyen|Costa|Duarte|Eriksen|Fischer|Garcia|Hansen|Ibrahim|Jansen|Kowalski|Laurent|Mbeki|"
      "Nakamura|Oduya|Pereira|Quist|Romero|Santos|Toth|Ueda|Vargas|Weber|Yilmaz|Zeller|Almeida|"
      "Bauer|Chandra|Dahl|Engel|Farkas|Greco|Horvat|Iversen|Jovanovic|Kaplan|Lopez|Müller|Nowak|"
      "Ortega|Patel|Rahman|Suzuki|Turner|Vidal|Wolff|Young|Zhang|Adeyemi|Bianchi|Castillo|Demir",
      "Aalto|Brandt|Cardoso|Dubois|Esposito|Falk|Gruber|Hoang|Ivanov|Jimenez|Koch|Larsen|Mensah|"
      "Nilsen|Obi|Pinto|Richter|Sato|Tiller|Urban|Vogel|Winter|Yamada|Ziegler"}},
    {"team",
     {"sales|accounting|the warehouse|the front desk|logistics|the kitchen|marketing|payroll|"
      "the workshop|customer care|planning|the lab|design|purchasing|the night shift|"
      "the print room|research|the legal team",
      "quality control|the repair shop|the archive|fundraising|the greenhouse|the canteen|"
      "event planning|the box office"}},
    {"event",
     {"summer fair|budget review|school trip|board meeting|garden party|book club|team outing|"
      "charity run|street market|science fair|family reunion|winter concert|housewarming|"
      "neighbours' day|sports day|harvest dinner|open house|film night|chess evening|flea market|"
      "annual dinner|wedding dinner|choir rehearsal|camping weekend|staff training|"
      "craft workshop|parents' evening|bicycle tour|quiz night|theatre group",
      "village fete|jazz evening|sailing course|product launch|museum visit|cooking class|"
      "alumni dinner|kite festival|poetry reading|regatta|bake sale|spring cleaning"}},
    {"ask",
     {"||||||Hi. |Hello! |Good morning. |Hey there. |Quick question: |A quick one: |"
      "One more thing: |Could you help me? |I am in a hurry. |Sorry to bother you. |"
      "Help me out here. |It is {first9} again. |{first9} from {team} asks: |"
      "{first9} would like to know: |My colleague {first9} asks: |I am on my way to {city9}. |"
      "A question for the {event}: |I am preparing the {event}. |"
      "I am sitting with {first9} from {team}. |A question before the {event} starts: |"
      "We are at the {event}. |I promised {first9} an answer. |{first9} and I could not agree. |"
      "A question from {team}: |{first9} asked me this at the {event}. |"
      "I am writing to {first9} in {city9}. |My notes for the {event} have a gap. |"
      "{first9} and {first7} are arguing about this. |I was just talking to {first9}. |"
      "Someone in {team} wants to know: ",
      "|||Good evening. |Something else: |Here is a question from {first9}: |"
      "{first9} over in {team} is puzzled. |While we plan the {event}: |Tell me, please. |"
      "I told {first9} that you would know. |{first9} called from {city9}. |"
      "This came up at the {event}. |We need this for the {event}. |"
      "{first9} keeps asking me this. |My neighbour {first9} is curious. |"
      "A visitor from {city9} asks: "}},
    {"end",
     {"||||| Thanks!| Thank you.| Please be quick.| Many thanks.| Cheers!| It is for {first8}.|"
      " {first8} is waiting for it.| No rush.| I have no idea myself.| It is for the {event8}.|"
      " {first8} in {team8} needs it today.| Much appreciated.| I would like to tell {first8}.|"
      " We talk about it at the {event8}.| I could not say.| {first8} was not sure.|"
      " Please do not guess.| It matters for the {event8}.| I have to get back to {team8}.",
      "||| Thanks in advance!| {first8} would be glad to hear.| I forgot it again.|"
      " That would help a lot.| The people planning the {event8} ask.| {first8} has a bet on it.|"
      " It goes into a note for {team8}.| Take your time.| I owe you one."}},
    {"hi",
     {"||||||Hi. |Hello! |Good morning. |Hey there. |One more thing: |Could you help me? |"
      "I am in a hurry. |Sorry to bother you. |It is {first9} again. |A small request: |"
      "I just spoke to {first9}. |I am on my way to {city9}. |News from {team}. |"
      "Before I forget: |{first9} just called. |My plans have changed. |"
      "After the {event} things moved a bit. |I am still at the {event}. |A note from {first9}. |"
      "{first9} in {team} reminded me. |Let us get organised. |While I think of it: |"
      "It was settled at the {event}. |{first9} sends greetings. ",
      "|||Good evening. |Something for my diary: |{first9} has just written. |"
      "I have to sort out my week. |The {event} took longer than planned. |A word from {team}. |"
      "{first9} gave me the details. |Could you take care of this? |I am leaving for {city9}. "}},
    {"bye",
     {"||||| Thanks!| Thank you.| Many thanks.| Cheers!| No rush.| {first8} knows about it.|"
      " I will tell {first8} myself.| That suits {team8} too.| Much appreciated.|"
      " {first8} asked for it.| It must not clash with the {event8}.| I keep forgetting it.|"
      " {first8} from {team8} says so.| Do it right away, please.|"
      " The {event8} is on another day.",
      "||| Thanks in advance!| {first8} agreed to it.| That leaves time for the {event8}.|"
      " I will let {team8} know.| Please do it now.| {first8} is counting on me.|"
      " It was {first8}'s idea."}},
    {"city",
     {"Lisbon|Oslo|Nairobi|Lima|Hanoi|Prague|Toronto|Cairo|Athens|Seoul|Bogotá|Dublin|Warsaw|"
      "Helsinki|Vienna|Madrid|Chicago|Sydney|Mumbai|Lagos|Havana|Kyoto|Zurich|Porto|Munich|"
      "Boston|Denver|Montreal|Santiago|Istanbul|Bangkok|Jakarta|Manila|Osaka|Tunis|Accra|Dakar|"
      "Quito|São Paulo|Melbourne|Brussels|Copenhagen|Stockholm|Budapest|Rome|Naples|Seville|"
      "Glasgow|Leeds|Riga|Vilnius|Tallinn|Sofia|Belgrade|Zagreb|Amman|Delhi|Seattle|Austin|"
      "Hamburg",
      "Bergen|Turin|Valencia|Kraków|Ghent|Aarhus|Antwerp|Adelaide|Calgary|Nagoya|Cusco|Kampala|"
      "Marseille|Basel|Busan|Chennai|Portland|Ljubljana|Tbilisi|Montevideo"}},
    {"country",
     {"Norway|the Netherlands|Peru|Kenya|Vietnam|Canada|Egypt|Greece|South Korea|Colombia|"
      "Ireland|Poland|Finland|Austria|Spain|Australia|India|Nigeria|Cuba|Japan|Switzerland|"
      "Portugal|Germany|Mexico|Chile|Turkey|Thailand|Indonesia|the Philippines|Tunisia|Ghana|"
      "Senegal|Ecuador|Brazil|Belgium|Denmark|Sweden|Hungary|Italy|Latvia|Estonia|Bulgaria|"
      "Serbia|Croatia|Jordan|Morocco|Bolivia|Malaysia|Nepal|the Czech Republic",
      "Iceland|Uruguay|Slovenia|Tanzania|Mongolia|New Zealand|Lithuania|Cambodia|Namibia|Georgia|"
      "Romania|Costa Rica|Sri Lanka|Botswana|Slovakia|Paraguay"}},
    {"company",
     {"Tarnwick Foods|Quillmark Paper|Vantrel Motors|Brennick Tools|Solvaine Energy|"
      "Orrinfell Textiles|Kestrow Air|Mirabeck Software|Dunmarrow Steel|Pellwin Toys|"
      "Arkeldine Bank|Fenholt Dairy|Grisdale Optics|Hollowmere Books|Ivarstone Cement|"
      "Jessamond Cosmetics|Kilbrae Shipping|Lunderby Furniture|Morvaine Hotels|Norrel Pharma|"
      "Oakenthrift Insurance|Pintervale Cameras|Quorrin Robotics|Rathmoor Glass|Selwick Bicycles|"
      "Tolvane Chemicals|Umberley Ceramics|Varrow Mobile|Wexmarch Rail|Yarrowden Farms|"
      "Zellbrook Games|Aldermoss Timber|Bexley Thorne Media|Corvane Logistics|Drumlock Batteries|"
      "Eskwater Brewing|Farrindon Shoes|Gallowmead Aerospace|Hestervale Yarn|Inverloch Turbines",
      "Marlowick Pianos|Strandhaven Ferries|Tavistrome Tea|Ulverdale Watches|Vossmark Elevators|"
      "Wendermoor Seeds|Ysolde Instruments|Zarnhall Tyres|Abbotreach Lamps|Bramsted Pumps|"
      "Caldermill Paints|Dovetrane Luggage"}},
    {"historic",
     {"Marie Curie|Isaac Newton|Ada Lovelace|Nikola Tesla|Charles Darwin|Johannes Kepler|"
      "Frida Kahlo|Wolfgang Amadeus Mozart|Leonardo da Vinci|Galileo Galilei|Jane Austen|"
      "Rosa Parks|Florence Nightingale|Louis Pasteur|Simón Bolívar|Mahatma Gandhi|Nelson Mandela|"
      "Albert Einstein|Michael Faraday|Carl Linnaeus|Ludwig van Beethoven|Rembrandt|"
      "Alexander von Humboldt|Alan Turing|Emmy Noether|Amelia Earhart|Johann Sebastian Bach|"
      "Mary Shelley|James Watt|Sofia Kovalevskaya|Fridtjof Nansen|Roald Amundsen|Antoni Gaudí|"
      "Victor Hugo|Leo Tolstoy|Henrik Ibsen|Emily Dickinson|Mark Twain|Gregor Mendel|"
      "Rachel Carson",
      "Lise Meitner|Tycho Brahe|Clara Schumann|Hans Christian Andersen|James Clerk Maxwell|"
      "Selma Lagerlöf|Srinivasa Ramanujan|Edvard Grieg|Maria Montessori|Blaise Pascal|"
      "Edgar Allan Poe|Ernest Shackleton"}},
    {"topic",
     {"coral reefs|heat pumps|quantum computers|bee keeping|sign languages|battery recycling|"
      "urban farming|tidal power|sleep research|glacier retreat|early reading|"
      "open source software|electric ferries|plastic in the sea|water purification|"
      "vertical gardens|migratory birds|solar roofs|gene therapy|wildfire prevention|"
      "noise pollution|public libraries|bicycle lanes|green hydrogen|space debris|"
      "speech recognition|soil health|vaccine storage|lunar missions|earthquake warning|"
      "school gardens|night trains|wood construction|food waste|air quality|machine translation|"
      "chess engines|deep sea mining|rare earth metals|wave energy|robot surgery|peat bogs|"
      "whale songs|carbon capture|smart grids|river restoration|indoor climate|"
      "drought resistant wheat",
      "mushroom farming|wind turbine noise|satellite internet|desalination|rooftop gardens|"
      "museum restoration|sea grass meadows|cargo bicycles|graph databases|bat migration|"
      "sodium batteries|tactile books|flood barriers|volcano monitoring|insect protein|"
      "cave paintings"}},
    {"landmark",
     {"the Eiffel Tower|Big Ben|the Golden Gate Bridge|the Statue of Liberty|the Colosseum|"
      "the Brooklyn Bridge|the Taj Mahal|the Great Wall of China|the Sagrada Familia|"
      "the Sydney Opera House|the Tower of Pisa|the Brandenburg Gate|Mount Kilimanjaro|"
      "Mount Fuji|the Matterhorn|Lake Titicaca|Angel Falls|the Grand Canyon|the Hoover Dam|"
      "the Alhambra|Machu Picchu|Stonehenge|Neuschwanstein Castle|the Suez Canal",
      "the Empire State Building|Tower Bridge|the Parthenon|Table Mountain|Lake Baikal|"
      "the Panama Canal|Edinburgh Castle|Angkor Wat"}},
    {"animal",
     {"a blue whale|a giant tortoise|an African elephant|a barn owl|a red fox|a house sparrow|"
      "a honey bee queen|a grey wolf|an emperor penguin|a sea otter|a brown bear|a snow leopard|"
      "a hedgehog|a common toad|a white stork|a beaver|a bald eagle|a giraffe|a green iguana|"
      "a hummingbird|an octopus|a koala",
      "a lynx|a puffin|a Greenland shark|a moose|a badger|a golden eagle|a chinchilla|a sea "
      "horse"}},
    {"book",
     {"Moby-Dick|Pride and Prejudice|Don Quixote|War and Peace|Jane Eyre|Frankenstein|"
      "Treasure Island|Middlemarch|Crime and Punishment|Madame Bovary|Gulliver's Travels|"
      "The Count of Monte Cristo|Little Women|The Time Machine|Robinson Crusoe|Wuthering Heights|"
      "Great Expectations|The Jungle Book|Anna Karenina|Dracula",
      "Les Misérables|Vanity Fair|Walden|Ivanhoe|Emma|Dead Souls|The Moonstone|Effi Briest"}},
    {"currency",
     {"Norwegian kroner|Swiss francs|Japanese yen|Polish zloty|Mexican pesos|Indian rupees|"
      "British pounds|Canadian dollars|Swedish kronor|Turkish lira|Brazilian reais|Czech koruna|"
      "Thai baht|South African rand|Hungarian forint",
      "Danish kroner|Chilean pesos|Korean won|Kenyan shillings|Icelandic kronur|"
      "New Zealand dollars"}},
    {"item",
     {"notebooks|candles|tomato plants|folding chairs|paper lanterns|coffee mugs|bags of flour|"
      "train tickets|light bulbs|balls of wool|picture frames|tea towels|paint brushes|"
      "water bottles|flower pots|pizzas|jars of honey|concert tickets|boxes of tiles|"
      "rolls of tape|cotton shirts|garden gnomes|bags of soil|stamps|puzzle books|wooden spoons|"
      "umbrellas|key rings|sandwiches|bottles of juice|packs of paper|memory cards|bicycle tubes|"
      "rose bushes|name badges|balloons|yoga mats|tennis balls|lunch boxes|desk lamps|"
      "apple trees|loaves of bread",
      "sketch pads|camping stoves|wine glasses|tulip bulbs|muffins|rain coats|dice sets|"
      "ink cartridges|sun hats|garden hoses|scarves|cheese platters|door handles|reading lamps"}},
    {"good",
     {"a winter coat|a bicycle|a sofa|a coffee machine|a pair of boots|a tent|a violin|"
      "a washing machine|an office chair|a camera|a lawn mower|a bookcase|a sewing machine|"
      "a used piano|a dining table|a telescope|a surfboard|a suitcase|a drawing tablet|"
      "an espresso grinder|a rowing machine|a set of tools",
      "a kayak|a wardrobe|a record player|an easel|a food processor|a pair of skis|a hammock|"
      "a mountain bike"}},
    {"space",
     {"living room|garage|vegetable garden|school hall|kitchen floor|terrace|barn|workshop|"
      "tennis court|store room|attic|swimming pool|parking lot|bedroom wall|meadow|dance floor|"
      "playground|basement",
      "greenhouse|market square|stage|roof garden|courtyard|reading room"}},
    {"kind",
     {"a budget meeting|a project review|lunch|coffee|a dentist appointment|a job interview|"
      "a yoga class|a piano lesson|a planning call|dinner|a team meeting|a school talk|"
      "a sales call|a design workshop|a driving lesson|a haircut|an eye test|a car inspection|"
      "a tennis match|a mentoring session|a contract talk|a training session|a site visit|"
      "a video call|breakfast|a status meeting|a tax consultation|a rehearsal|a bank appointment|"
      "a photo session|a language lesson|a kick-off meeting|a press briefing",
      "a safety briefing|choir practice|a swimming lesson|a supplier call|physiotherapy|"
      "a house viewing|a product demo|a garden walk|a thesis meeting|a guitar lesson|a vet visit|"
      "an annual appraisal"}},
    {"room",
     {"Room Alder|Room Birch|Room Cedar|the blue room|the glass room|Room 204|Room 17|"
      "the library corner|the lecture hall|Studio A|Studio B|the boardroom|Room Maple|"
      "the tea kitchen|the roof terrace|the seminar room|the music room|the meeting booth",
      "Room Walnut|the green room|Room 311|the old chapel|Studio D|the quiet room"}},
    {"errand",
     {"water the plants|call the landlord|renew my passport|pay the electricity bill|"
      "send the invoice|pick up the parcel|order new glasses|book the flights|"
      "feed the neighbour's cat|return the library books|defrost the freezer|"
      "submit the expense report|back up my laptop|buy a birthday card|check the smoke alarm|"
      "take the car to the garage|cancel the trial subscription|vote in the council election|"
      "sign the lease|collect the dry cleaning|bake the bread|charge the camera|"
      "print the tickets|change the bed linen|prepare the slides|measure the windows|"
      "update my address|bring the bicycle to the repair shop|call the insurance company|"
      "read the contract",
      "prune the roses|clean the gutters|post the letter|descale the kettle|"
      "write the reference letter|order firewood|renew the parking permit|pack the tent|"
      "tune the cello|label the boxes"}},
    {"focus",
     {"writing|deep work|email|exam preparation|tax papers|gardening|reading|practice|"
      "planning the trip|paperwork|code review|exercise|cleaning the attic|drawing|"
      "the grant application|the quarterly report|rest|language study",
      "thesis work|accounts|meditation|job hunting|the presentation|model building"}},
    {"leave",
     {"day off|day of holiday|moving day|study day|travel day|day at the seaside|sick day|"
      "volunteer day|home office day|hiking day|museum day|spa day",
      "day in the mountains|day of parental leave|conference day|rest day"}},
    {"month",
     {"January|February|March|April|May|June|July|August|September|October|November",
      "December|early spring|late autumn"}},
    {NULL, {NULL, NULL}}};

const struct words *words_named(struct text name)
{
    const struct words *list = words_all;

    while (list->name && !text_is(name, list->name)) list++;
    return list->name ? list : NULL;
}

size_t words_count(const char *list)
{
    size_t count = 1;

    while ((list = strchr(list, '|'))) {
        list++;
        count++;
    }
    return count;
}

struct text words_pick(const char *list, size_t index)
{
    while (index--) list = strchr(list, '|') + 1;
    return (struct text){list, strcspn(list, "|")};
}
