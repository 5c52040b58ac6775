"""Invented news in many languages, correct as it stands: no rule may touch it. Every oddity in it is one that good newsrooms print."""

from __future__ import annotations

from pipeline.config import RepairConfig
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.repairs import CHARACTER_RULES, LAYOUT_RULES, TEXT_RULES
from pipeline.signals import translation
from pipeline.text.rules import Rule, State, run_rules

ALL_RULES: tuple[Rule, ...] = (*CHARACTER_RULES, translation, *TEXT_RULES, *LAYOUT_RULES)

CLEAN: dict[str, tuple[str, ...]] = {
    "en": (
        "The harbour board of Eastmere voted on Tuesday to close the old pier, which had had no repairs since the late ’90s.",
        "“We know that that sounds harsh,” said Ana Ruiz, the board’s chair. “But the pier is 120 years old … and it shows.”",
        "“Nobody wants to close it,” she went on. “Nobody.",
        "“But a pier that sheds bolts isn’t a monument. It’s a hazard.”",
        "The U.S. Coast Guard said in its report that the piles were ‘beyond economic repair’. The agency does not comment on votes.",
        "“He told me, ‘It is what it is,’ and he left,” recalled Lee Park of McDonald & Sons, who sells iPhone covers by the pier.",
        "Mr. Park, Mrs. Ode and Ms. Lund want a vote at 3:30 p.m. on Oct. 4, before the board meets in The Hague with its Dutch partner.",
        "Ticket sales rose 4.5 percent to $1,250 a day in the 1990s, fell by a third in the 2000s, and never came back...",
        "Will the pier be saved? “That’s up to YouTube,” joked Park – and, for once, he may be right!",
        "THE PIER IN FIGURES",
        "Opened: 1904; length: 312 m; visitors in 2019: 41,000 (about 112 a day)",
        "The NGO Save Our Pier (SOP) said it would appeal. AstraZeneca (AZ), which owns the hotel next door, declined to comment.",
        "Vitamin A tablets, it turned out, were the bestseller of the stall; The Times had called it “the pier’s best-kept secret”.",
        "“Is it,” he asked, “the end?” Not quite. The board said Friday that it would listen, and the FT reported that talks go on.",
        "What they do not have is time. To be fair, to be put out of business by rust is nobody’s dream, said BBC presenter Jo Lind.",
    ),
    "fr": (
        "« Nous n’avons pas le choix », a déclaré mardi Anne Le Gall, la maire de Port-Ancien. « Le quai s’effondre\u00a0! »",
        "Le coût\u00a0: 12\u202f500 euros par mètre, soit 25\u00a0% de plus qu’en 1998\u00a0; eux parlent d’«\u00a0un gouffre\u00a0».",
        "Que faire ? « Attendre », répond-elle. L’État, l’Europe : tous devront payer… ou renoncer.",
        "À l’œuvre depuis l’été, les ouvriers ont coulé « cœur » et âme dans ce chantier, où l’on cite “Le Port” de Jean Valois.",
    ),
    "de": (
        "„Der Steg ist nicht zu retten“, sagte die Bürgermeisterin Ute Groß am Dienstag. „Das wissen alle.“",
        "»Wir kämpfen weiter«, rief einer der Zuhörer, »bis zum Schluss!« Die, die die Pläne kennen, schwiegen.",
        "Die Sanierung würde 3,5 Mio. Euro kosten – z. B. für neue Pfähle. Der, der das bezahlt, ist nicht gefunden.",
        "Über 40 % der Gäste kämen aus Österreich, heißt es im Büro für Öffentlichkeitsarbeit: „Wer hätte gedacht …?“",
    ),
    "es": (
        "“No queda otra opción”, dijo el martes la alcaldesa Ana Ríos. “¿Quién va a pagar? ¡Nadie!”",
        "El muelle «viejo», de 1904, cerrará el 1.º de mayo; su reparación costaría 12.500 euros por metro, el 25 % más que en 1998.",
        "Según EFE, la decisión —tomada por la noche— no tiene vuelta atrás. Los vecinos, no obstante, lo discuten…",
    ),
    "pt": (
        "“Não há outra saída”, afirmou na terça-feira a prefeita Ana Conceição. “O cais, infelizmente, não resiste à maré.”",
        "O DIA DE “AMANHÃ” É DE LUTO EM SÃO PEDRO",
        "A reforma custaria R$ 12,5 milhões, 25% a mais do que em 1998, à época da última obra, segundo a Câmara.",
    ),
    "it": (
        "«Non c’è altra scelta», ha detto martedì la sindaca Anna Però. “Il molo è vecchio”, ha aggiunto, “e si vede”.",
        "La spesa? 12.500 euro al metro, il 25% in più rispetto agli anni ’90. Perché? Nessuno lo sa…",
    ),
    "nl": (
        "“Het is niet anders”, zei burgemeester Anna Visser dinsdag. “Het het mooist vinden van de kust is één ding, betalen een ander.”",
        "’s Avonds kwamen de ĳsverkopers in actie: ‘Blijf van onze pier af!’",
    ),
    "pl": (
        "„Nie mamy wyboru” – powiedziała we wtorek burmistrz Anna Żółć. „Molo jest stare, a pieniędzy brak…”",
        "Remont kosztowałby 12,5 mln zł, czyli o 25 proc. więcej niż w 1998 r.; mieszkańcy mówią o „studni bez dna”.",
    ),
    "sv": (
        "”Vi har inget val”, sade kommunalrådet Åsa Öberg i tisdags. ”Bryggan är gammal, och det syns.”",
        "Kostnaden: 12 500 kronor per meter – 25 procent mer än 1998.",
    ),
    "fi": ("”Meillä ei ole vaihtoehtoja”, sanoi kaupunginjohtaja Äijö Öhman tiistaina. ”Laituri on vanha.”",),
    "da": ("»Vi har intet valg,« sagde borgmester Åse Ørum tirsdag. »Molen er gammel, og det kan ses.«",),
    "cs": ("„Nemáme na vybranou,“ řekla v úterý starostka Žofie Čermáková. „Molo je staré a je to vidět.“",),
    "ru": (
        "«У нас нет выбора», — заявила во вторник мэр Анна Ежова. «Причал старый, и это видно».",
        "По её словам, ремонт стоил бы 12,5 млн рублей — на 25 % больше, чем в 1998 году; жители говорят о «бездонной бочке “Порта”».",
    ),
    "uk": ("«У нас немає вибору», – сказала у вівторок мерка Ганна Їжакевич. П’ять років тому причал ще працював.",),
    "el": ("«Δεν έχουμε επιλογή», δήλωσε την Τρίτη η δήμαρχος Άννα Παππά. Πόσο θα κοστίσει; Κανείς δεν ξέρει…",),
    "tr": ("“Başka seçeneğimiz yok,” dedi Belediye Başkanı Ayşe Öğüt salı günü. İskele 1904’te açılmıştı.",),
    "ro": ("„Nu avem de ales”, a spus marți primărița Ana Țîru. Digul este vechi, iar asta se vede. „MAMĂ”, scria pe zid.",),
    "vi": ("“Chúng tôi không có lựa chọn”, bà Nguyễn Thị Ánh nói hôm thứ Ba. Cầu cảng đã cũ và xuống cấp.",),
    "ar": ("قالت رئيسة البلدية آنا رويز يوم الثلاثاء: «لا خيار أمامنا». الرصيف قديم، وهذا واضح للجميع؛ فمن يدفع؟",),
    "fa": ("شهردار روز سه‌شنبه گفت: «چاره‌ای نداریم.» او افزود که اسکله قدیمی است و نمی‌توان آن را نگه داشت.",),
    "he": ("״אין לנו ברירה״, אמרה ביום שלישי ראש העיר אנה רואיז. המזח ישן, וזה נראה.",),
    "hi": ("“हमारे पास कोई विकल्प नहीं है,” महापौर ने मंगलवार को कहा। घाट पुराना है और क्\u200dया किया जा सकता है?",),
    "th": ("“เราไม่มีทางเลือก” นายกเทศมนตรีกล่าวเมื่อวันอังคาร ท่าเรือ\u200bเก่ามากแล้ว",),
    "zh": (
        "市长周二表示：“我们别无选择。”码头建于1904年，每米维修费用为1.25万元，比1998年高出25%……",
        "　　居民称之为“无底洞”，并要求重新表决。",
    ),
    "ja": (
        "市長は火曜日、「選択の余地はない」と述べた。桟橋は１９０４年に開業し、老朽化が進んでいる。",
        "『いつまで続くのか』と住民は語る……。",
    ),
    "ko": ("시장은 화요일 “선택의 여지가 없다”고 말했다. 부두는 1904년에 문을 열었다.",),
}


def run_all(
    text: str, language: str | None, *, translated: bool = False, rules: tuple[Rule, ...] = ALL_RULES, config: RepairConfig | None = None
) -> State:
    """Run rules over a text as the desk does, furniture left out."""
    metadata = Metadata(language=language)
    marks = ("translate.goog",) if translated else ()
    parsed = ParsedDocument("0" * 32, 0, Origin("x.txt"), "0" * 64, len(text), text, metadata, "text", "plain", marks=marks)
    return run_rules(State(text, metadata), rules, parsed, config or RepairConfig())
