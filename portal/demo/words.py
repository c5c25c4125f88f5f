# ruff: noqa: E501 - lines of words
"""What the demo firm's world is made of, in Spanish and in English: names, places, goods, promises, notes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language's world."""

    firm: str
    currency: str
    time_zone: str
    region: str
    privacy: str
    """Who answers for personal data, and how to reach them."""
    users: dict[str, str]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    double_last_names: bool
    kinds_of_firm: tuple[str, ...]
    names_of_firms: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    """City and the beginning of its phone numbers, E.164; the rest is filled up to `phone_digits`."""
    phone_digits: int
    titles: tuple[str, ...]
    tags: tuple[str, ...]
    goods: tuple[tuple[str, int], ...]
    """What is sold, and about how much it costs, in whole units of the currency."""
    our_promises: tuple[str, ...]
    their_promises: tuple[str, ...]
    reasons: tuple[str, ...]
    undone: tuple[str, ...]
    """Why we do not do what another leg asks, or what we meant to do better."""
    no_friends: tuple[str, ...]
    """Why nothing came of somebody who was recommended."""
    taken_back: str
    """How somebody took a testimonial back."""
    disputes: tuple[str, ...]
    """What contacts say is missing of a promise that we say is kept."""
    objections: tuple[tuple[str, tuple[str, ...]], ...]
    """What customers object to an offer, the most frequent first, and the firm's answers."""
    supporting: tuple[str, str]
    """The name of the document that supports the first of them, and what it says."""
    notes: dict[str, tuple[str, ...]]
    """What is written after a touch, by purpose."""
    no_answer_notes: tuple[str, ...]
    comments: dict[str, tuple[str, ...]]
    """What clients write beside a score, by how they feel."""
    hand_off_notes: tuple[str, ...]
    declines: tuple[str, ...]
    """Why somebody does not take a customer over."""
    requests: tuple[tuple[str, str, str], ...]
    """Which leg is asked for support, for what, and what it answers."""
    better: tuple[tuple[str, str], ...]
    """What the firm promises itself in its weekly review: in which step, and what."""
    objectives: tuple[str, ...]
    about: tuple[str, ...]


ES = Words(
    firm="Muebles Montaña",
    currency="MXN",
    time_zone="America/Mexico_City",
    region="MX",
    privacy=(
        "Muebles Montaña, S. A. de C. V., Av. Constitución 410, Monterrey, Nuevo León. Para ver, corregir o borrar tus "
        "datos: datos@muebles-montana.example, o al +52 81 5550 0100."
    ),
    users={"owner": "Graciela Montaña", "sales": "Tomás Arriaga", "marketing": "Paola Quiroz", "support": "Inés Cordero"},
    first_names=(
        "María", "José", "Guadalupe", "Juan", "Verónica", "Luis", "Alejandra", "Jorge", "Leticia", "Ricardo", "Ximena",
        "Fernando", "Rocío", "Héctor", "Adriana", "Óscar", "Beatriz", "Raúl", "Daniela", "Sergio", "Silvia", "Andrés",
        "Claudia", "Emilio", "Norma", "Ángel", "Lorena", "Iván", "Pilar", "Rubén", "Teresa", "Hugo", "Mónica", "Saúl",
    ),
    last_names=(
        "Hernández", "García", "Martínez", "López", "González", "Pérez", "Rodríguez", "Sánchez", "Ramírez", "Cruz",
        "Flores", "Gómez", "Morales", "Vázquez", "Reyes", "Jiménez", "Torres", "Díaz", "Gutiérrez", "Ruiz", "Mendoza",
        "Aguilar", "Ortiz", "Castillo", "Moreno", "Romero", "Álvarez", "Chávez", "Rivera", "Juárez", "Ramos", "Muñoz",
        "Domínguez", "Herrera", "Medina", "Ibarra", "Zepeda", "Nuño", "Peña", "Ávalos", "Cárdenas", "Figueroa",
    ),
    double_last_names=True,
    kinds_of_firm=(
        "Hotel", "Restaurante", "Cafetería", "Despacho", "Clínica", "Colegio", "Constructora", "Inmobiliaria", "Boutique",
        "Consultorio", "Notaría", "Arquitectos", "Librería", "Hostal", "Panadería", "Galería", "Estudio", "Residencial",
    ),
    names_of_firms=(
        "del Valle", "La Escondida", "San Ángel", "Los Encinos", "Tres Ríos", "El Roble", "Santa Lucía", "Bugambilias",
        "La Cantera", "Dos Lunas", "Puerta de Hierro", "El Mirador", "Casa Blanca", "Las Jacarandas", "Quinta Real",
        "Monte Alto", "La Moraleja", "El Nogal", "Río Lerma", "Santa Fe", "Los Arcos", "La Huerta", "El Parián",
        "Altavista", "Piedra y Sal", "Cielo Abierto", "La Soledad", "Mezquite", "Campo Real", "Siete Leguas",
    ),
    places=(
        ("Guadalajara", "+5233"), ("Ciudad de México", "+5255"), ("Monterrey", "+5281"), ("Querétaro", "+52442"),
        ("León", "+52477"), ("Puebla", "+52222"), ("Morelia", "+52443"), ("Zapopan", "+5233"), ("Mérida", "+52999"),
        ("San Luis Potosí", "+52444"), ("Aguascalientes", "+52449"), ("Tepic", "+52311"), ("Colima", "+52312"),
    ),
    phone_digits=13,
    titles=("Compras", "Gerencia", "Dirección", "Administración", "Mantenimiento", "Proyectos", "Recepción"),
    tags=("mayorista", "hotelería", "remodelación", "a crédito", "recomendado", "exposición", "factura global"),
    goods=(
        ("Comedor de parota, 8 sillas", 41300), ("Sala esquinera", 32900), ("Recámara matrimonial", 38700),
        ("Escritorio de encino", 9800), ("Librero a medida", 14600), ("Mesa de centro", 5400), ("Sillas de visita (12)", 26400),
        ("Barra de cocina", 21900), ("Cómoda", 8700), ("Cabecera tapizada", 6900), ("Bancas para terraza", 12300),
        ("Retapizado", 4800), ("Closet a medida", 29500), ("Mesas para restaurante (6)", 31800), ("Buró par", 5200),
    ),
    our_promises=(
        "Enviar copia de la factura", "Mandar la cotización del comedor", "Confirmar la fecha de entrega",
        "Reponer la jaladera rota", "Enviar muestras de tela", "Revisar el barniz en sitio", "Mandar el catálogo nuevo",
        "Cambiar la mesa con el golpe", "Llamar para programar la instalación", "Enviar la garantía firmada",
        "Preguntar en taller por el color nogal", "Devolver la diferencia del flete",
    ),
    their_promises=(
        "Depositar el anticipo", "Mandar las medidas del salón", "Confirmar el color", "Enviar la orden de compra",
        "Avisar cuándo pueden recibir", "Mandar fotos del detalle", "Presentarnos con la arquitecta",
    ),
    reasons=(
        "El taller se atrasó con el barniz", "Pidió esperar a fin de mes", "Falta una medida", "El proveedor no ha surtido",
        "Estuvo de viaje", "Cambió de idea sobre el color",
    ),
    undone=(
        "Este mes no hay tiempo para eso", "Otro compañero ya lo está haciendo", "Cuesta más de lo que deja",
        "Puede esperar a la primavera", "Esta semana falta gente", "Ya se probó el año pasado",
    ),
    no_friends=("Ya compró en otra tienda.", "Se muda a otra ciudad.", "Nunca contesta; lo intentamos tres veces."),
    taken_back="Nos escribió que ya no quiere aparecer en el sitio.",
    disputes=(
        "Llegó solo la mitad", "No he recibido nada", "Faltan los tornillos de dos mesas", "La factura trae otro RFC",
    ),
    objections=(
        ("Está muy caro", (
            "Es madera maciza con diez años de garantía: dividido entre los años, cuesta menos que uno que se cambia cada tres.",
            "Se puede pagar en tres partes sin intereses: al pedirlo, a la mitad y contra entrega.",
        )),
        ("Tarda mucho en llegar", (
            "Decimos el día y lo cumplimos: de las últimas veinte entregas, diecinueve llegaron en su fecha.",
            "Mientras tanto prestamos un mueble de la sala de exhibición.",
        )),
        ("Lo tengo que consultar con mi socio", ("Mandamos hoy mismo una hoja con medidas, precio y fotos para que la vean juntos.",)),
        ("Ya trabajamos con otro proveedor", ("No hace falta cambiar: empecemos con una sola pieza y comparen.",)),
        ("No sé si cabe", ()),
    ),
    supporting=(
        "garantia.txt",
        "Muebles Montaña garantiza por diez años la madera, las uniones y el barniz de sus muebles.\n",
    ),
    notes={
        "care": (
            "Todo bien con los muebles. Piensa en cambiar la sala en primavera.", "Pregunta si damos mantenimiento al barniz.",
            "Muy contenta. Su hermana se muda y quiere ver el catálogo.", "Abren otra sucursal en verano.",
            "Saludar a don Ernesto la próxima vez, ya salió del hospital.", "Prefiere WhatsApp por las tardes.",
        ),
        "reassurance": (
            "Llegó completo y a tiempo. Le explicamos cómo cuidar la madera.", "Contentos; el color quedó como querían.",
            "Una pata cojeaba, ya la niveló con el tapón.", "Mandó fotos: quedó precioso.",
        ),
        "issue": (
            "Una puerta no cierra bien. Pasa el carpintero el jueves.", "Golpe en la esquina, fue en el flete.",
            "La factura salió con el RFC anterior.", "Rechina una silla; se cambia.",
        ),
        "meeting": (
            "Medimos el comedor. Quieren parota, 2.40 m.", "Vimos planos con la arquitecta: 14 habitaciones.",
            "Visita al taller; les gustó el acabado natural.",
        ),
        "referral": ("Nos recomienda con su cuñado, que abre un consultorio.", "Pasó el teléfono de la gerente del hostal."),
        "offer": (
            "Le mandé la promoción de recámaras. Lo piensa.", "Cotización de bancas para la terraza.",
            "Le interesan los libreros, que le llamemos en quincena.",
        ),
    },
    no_answer_notes=("", "No contestó.", "Buzón.", "En junta; que llamemos mañana."),
    comments={
        "unhappy": (
            "Dos sillas llegaron cojas y nadie ha venido a verlas.", "Prometieron entregar el lunes y llegó el jueves.",
            "La mesa trae un golpe en la orilla.", "El color no es el de la muestra.",
            "Llamé tres veces por la factura y sigo esperando.", "Los instaladores dejaron todo lleno de polvo.",
        ),
        "neutral": (
            "Todo bien, aunque tardó un poco.", "Buenos muebles, pero el flete es caro.", "Faltó que avisaran a qué hora llegaban.",
            "Cumplen. Me gustaría ver más telas.",
        ),
        "happy": (
            "La entrega llegó el día que prometieron.", "Quedó precioso, mejor que en la foto.", "Muy amables los que instalaron.",
            "El barniz es una maravilla.", "Me explicaron cómo cuidar la madera. Gracias.", "Ya los recomendé con mi hermana.",
            "Llamaron para preguntar cómo nos fue. Eso no lo hace nadie.",
        ),
    },
    hand_off_notes=(
        "Pidió catálogo de comedor; le importa más la entrega que el precio.", "Vio la sala de exhibición y quiere cotización esta semana.",
        "Decide con su socio: conviene hablar con los dos.", "Llegó por recomendación; espera que le llamen por la mañana.",
        "Ya tiene medidas y planos; solo falta el acabado.",
    ),
    declines=("Esta semana no alcanzo a atenderlo bien.", "Todavía no tiene fecha de obra: es pronto.", "Le toca a quien lleva su zona."),
    requests=(
        ("service", "Visitar con muestras de tela antes de que decidan", "Fui hoy; se quedan con el lino arena."),
        ("service", "Revisar el barniz que les preocupa", "Revisado: era polvo de obra, quedó limpio y contentos."),
        ("marketing", "Mandarles el catálogo de hotelería impreso", "Salió hoy por paquetería, llega el jueves."),
        ("marketing", "Invitarlos a la muestra de primavera", "Invitados, confirmaron dos lugares."),
        ("sales", "Cotizar la ampliación del comedor", "Cotización enviada con dos acabados."),
        ("sales", "Ofrecerles el segundo librero que pidieron", "Ya lo vieron; deciden el lunes."),
    ),
    better=(
        ("sales", "Llamar a cada prospecto nuevo dentro de dos días"), ("service", "Visitar a los que compraron una vez hace un mes"),
        ("marketing", "Pasar los prospectos con medidas y presupuesto, no solo el nombre"),
        ("repurchase", "Ofrecer el reacondicionado a los seis meses de la primera compra"),
        ("sales", "Contestar las entregas el mismo día"),
    ),
    objectives=("Cerrar el color y la tela", "Revisar avance de obra", "Presentar la línea nueva", "Tomar medidas"),
    about=(
        "", "", "", "Paga siempre a 30 días.", "Entregas solo por la mañana, hay mercado los martes.",
        "Compra para toda la familia.", "Le gusta que le hablen de usted.", "Elevador chico: medir antes de entregar.",
    ),
)  # fmt: skip

EN = Words(
    firm="Hillside Furniture",
    currency="USD",
    time_zone="America/Chicago",
    region="US",
    privacy=(
        "Hillside Furniture, 410 Congress Avenue, Austin, Texas. To see, correct or erase what we keep about you: "
        "data@hillside-furniture.example, or +1 512 555 0100."
    ),
    users={"owner": "Grace Hill", "sales": "Tom Archer", "marketing": "Paula Quinn", "support": "Ines Calder"},
    first_names=(
        "Mary", "James", "Linda", "Robert", "Susan", "David", "Karen", "Michael", "Nancy", "Daniel", "Laura", "Peter",
        "Helen", "Mark", "Ruth", "Paul", "Alice", "Kevin", "Emma", "Brian", "Grace", "Steven", "Julia", "Frank", "Rosa",
        "Walter", "Irene", "Arthur", "Joan", "Victor", "Clara", "Henry", "Zoë", "Andre",
    ),
    last_names=(
        "Smith", "Johnson", "Brown", "Miller", "Davis", "Wilson", "Anderson", "Taylor", "Moore", "Martin", "Lee", "Walker",
        "Hall", "Young", "King", "Wright", "Scott", "Green", "Baker", "Adams", "Nelson", "Carter", "Mitchell", "Turner",
        "Parker", "Collins", "Morris", "Cook", "Bell", "Murphy", "Bailey", "Cooper", "Reed", "O'Neill", "Brontë", "Becker",
    ),
    double_last_names=False,
    kinds_of_firm=(
        "Hotel", "Restaurant", "Café", "Law Office", "Clinic", "School", "Builders", "Realty", "Boutique", "Dental Office",
        "Architects", "Bookshop", "Inn", "Bakery", "Gallery", "Studio", "Brewery", "Library",
    ),
    names_of_firms=(
        "Riverside", "Oak & Stone", "Three Rivers", "The Willows", "Saint Clair", "Maple Grove", "Lakeview", "Two Moons",
        "Iron Gate", "Hilltop", "Whitehouse Lane", "Juniper", "Northfield", "The Orchard", "Copper Kettle", "Fairview",
        "Salt & Stone", "Open Sky", "Prairie", "Seven Leagues", "Birchwood", "Old Mill", "Harbor", "Summit", "Cedar Row",
        "Blue Door", "Elm Street", "Garden", "Meadow", "Lantern",
    ),
    places=(
        ("Austin", "+1512"), ("Dallas", "+1214"), ("Houston", "+1713"), ("San Antonio", "+1210"), ("Tulsa", "+1918"),
        ("Denver", "+1303"), ("Kansas City", "+1816"), ("Omaha", "+1402"), ("St. Louis", "+1314"), ("Chicago", "+1312"),
    ),
    phone_digits=12,
    titles=("Purchasing", "Manager", "Director", "Office", "Maintenance", "Projects", "Front desk"),
    tags=("wholesale", "hospitality", "remodelling", "on credit", "recommended", "showroom", "quarterly invoice"),
    goods=(
        ("Walnut dining set, 8 chairs", 2900), ("Corner sofa", 2300), ("Queen bedroom", 2700), ("Oak desk", 690),
        ("Fitted bookcase", 1100), ("Coffee table", 390), ("Visitor chairs (12)", 1900), ("Kitchen bar", 1550),
        ("Chest of drawers", 620), ("Upholstered headboard", 480), ("Patio benches", 870), ("Reupholstering", 340),
        ("Fitted wardrobe", 2100), ("Restaurant tables (6)", 2250), ("Pair of nightstands", 370),
    ),
    our_promises=(
        "Send the invoice copy", "Send the dining set quote", "Confirm the delivery date", "Replace the broken handle",
        "Send fabric samples", "Look at the varnish on site", "Send the new catalogue", "Exchange the dented table",
        "Call to arrange the installation", "Send the signed warranty", "Ask the shop about the walnut stain",
        "Return the freight difference",
    ),
    their_promises=(
        "Pay the deposit", "Send the room's measurements", "Confirm the colour", "Send the purchase order",
        "Say when they can take delivery", "Send photos of the scratch", "Introduce us to their architect",
    ),
    reasons=(
        "The varnish took longer", "Asked to wait until month's end", "A measurement is missing", "The supplier is out of stock",
        "Was travelling", "Changed their mind about the colour",
    ),
    undone=(
        "No time for it this month", "A colleague is at it already", "It costs more than it brings",
        "It can wait until spring", "We are too few this week", "We tried it last year",
    ),
    no_friends=("Has bought elsewhere already.", "Is moving to another city.", "Never answers; we tried three times."),
    taken_back="Wrote that they would rather not be on the website any more.",
    disputes=(
        "Only half of it has come", "Nothing has reached me yet", "The screws of two tables are missing",
        "The invoice has the wrong tax number",
    ),
    objections=(
        ("It is too expensive", (
            "It is solid wood with ten years of guarantee: by the year it costs less than one that is replaced after three.",
            "It can be paid in three parts without interest: with the order, halfway, and on delivery.",
        )),
        ("It takes too long", (
            "We name the day and keep it: of our last twenty deliveries, nineteen came on theirs.",
            "Meanwhile we lend a piece from the showroom.",
        )),
        ("I have to ask my partner", ("We send a sheet with measures, price and pictures today, to look at together.",)),
        ("We have another supplier", ("There is no need to change: begin with one piece and compare.",)),
        ("I am not sure that it fits", ()),
    ),
    supporting=(
        "guarantee.txt", "We guarantee the wood, the joints and the varnish of our furniture for ten years.\n",
    ),
    notes={
        "care": (
            "All well with the furniture. May change the sofa in spring.", "Asks whether we re-oil the table tops.",
            "Very happy. Her sister is moving and wants the catalogue.", "Opening a second branch this summer.",
            "Ask after Ernest next time, he is out of hospital.", "Prefers messages in the afternoon.",
        ),
        "reassurance": (
            "Arrived complete and on time. Told them how to care for the wood.", "Happy; the colour is what they wanted.",
            "One leg wobbled, levelled it with the foot.", "Sent photos: it looks lovely.",
        ),
        "issue": (
            "A door does not close well. The carpenter goes on Thursday.", "Dent in a corner, it was the freight.",
            "The invoice has the old address.", "A chair creaks; to be exchanged.",
        ),
        "meeting": (
            "Measured the dining room. They want walnut, 8 feet.", "Went over the plans with the architect: 14 rooms.",
            "Visit to the workshop; they liked the natural finish.",
        ),
        "referral": ("Recommends us to her brother-in-law's practice.", "Gave us the inn manager's number."),
        "offer": (
            "Sent the bedroom offer. Thinking about it.", "Quote for patio benches.",
            "Interested in bookcases, call after the fifteenth.",
        ),
    },
    no_answer_notes=("", "No answer.", "Voicemail.", "In a meeting; call tomorrow."),
    comments={
        "unhappy": (
            "Two chairs wobble and nobody has come to look at them.", "It was promised for Monday and came on Thursday.",
            "The table has a dent at the edge.", "The colour is not that of the sample.",
            "I called three times about the invoice and am still waiting.", "The fitters left dust everywhere.",
        ),
        "neutral": (
            "All fine, though it took a while.", "Good furniture, but the freight is dear.", "Nobody said at what time they would come.",
            "They keep their word. I would like to see more fabrics.",
        ),
        "happy": (
            "It came on the day you promised.", "It looks lovely, better than in the picture.", "The fitters were very kind.",
            "The finish is a marvel.", "They told us how to care for the wood. Thank you.", "I have told my sister already.",
            "Somebody called to ask how it went. Nobody does that.",
        ),
    },
    hand_off_notes=(
        "Asked for the dining catalogue; delivery matters more to them than the price.", "Saw the showroom and wants a quote this week.",
        "Decides with a partner: better talk to both.", "Came by recommendation; expects a call in the morning.",
        "Has measures and plans already; only the finish is open.",
    ),
    declines=("I can't look after them properly this week.", "No date for the works yet: too early.", "Whoever has their area should take them."),
    requests=(
        ("service", "Visit with fabric samples before they decide", "Went there today; they take the sand linen."),
        ("service", "Look at the varnish that worries them", "It was dust from the works: clean now, and they are happy."),
        ("marketing", "Send them the printed hotel catalogue", "Went out by parcel today, arrives on Thursday."),
        ("marketing", "Invite them to the spring show", "Invited; they want two seats."),
        ("sales", "Quote the larger dining room", "Quote sent, with two finishes."),
        ("sales", "Offer them the second bookcase they asked for", "They have seen it and decide on Monday."),
    ),
    better=(
        ("sales", "Call every new prospect within two days"), ("service", "Visit those who bought once a month ago"),
        ("marketing", "Pass prospects on with measures and a budget, not just a name"),
        ("repurchase", "Offer reupholstering half a year after the first purchase"),
        ("sales", "Answer hand-offs on the same day"),
    ),
    objectives=("Settle colour and fabric", "Look at the works", "Show the new line", "Take measurements"),
    about=(
        "", "", "", "Always pays after 30 days.", "Deliveries in the morning only.", "Buys for the whole family.",
        "Small lift: measure before delivering.",
    ),
)  # fmt: skip

WORDS = {"es": ES, "en": EN}
