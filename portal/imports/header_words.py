"""The words by which column headers name our fields, English and Spanish mixed, the surest first.

Folded: lower case, no accents, no marks.
"""

WORDS = {
    "date": """
        order date, purchase date, date of purchase, fecha de compra, fecha de pedido, fecha del pedido, fecha de
        venta, created at, date created, date paid, paid at, invoice date, fecha de factura, fecha factura,
        transaction date, sale date, date, fecha, order date time, fecha y hora, dia, day, creado, created
    """,
    "amount": """
        order total amount, order total, total amount, grand total, total del pedido, importe total, monto total,
        total a pagar, total, amount, importe, monto, valor, revenue, sales, net sales, ventas, venta, price,
        precio, subtotal, amount paid, pagado
    """,
    "customer": """
        customer id, customer number, customer code, customer no, client id, id cliente, id de cliente, id del
        cliente, numero de cliente, no cliente, no de cliente, num cliente, clave cliente, clave de cliente, codigo
        de cliente, codigo cliente, cliente id, customer user, external id, id externo, customer, cliente, client,
        rfc, userid, user id, cust id, account number
    """,
    "email": """
        billing email, email billing, customer email, email address, e mail address, correo electronico, correo de
        facturacion, correo del cliente, email del cliente, billing e mail, email, e mail, correo, mail
    """,
    "phone": """
        billing phone, phone billing, customer phone, telefono de facturacion, phone number, numero de telefono,
        telefono movil, telefono celular, telefono del cliente, phone, telefono, celular, movil, mobile, whatsapp,
        tel, cel, default address phone, shipping phone
    """,
    "name": """
        billing name, customer name, nombre del cliente, nombre de cliente, nombre cliente, razon social, nombre
        completo, full name, billing full name, name billing, company name, nombre de la empresa, empresa, company,
        billing first name, first name billing, first name, nombre, nombres, name, cliente, customer, client,
        comprador, buyer
    """,
    "last_name": """
        billing last name, last name billing, last name, apellidos, apellido, surname, apellido paterno
    """,
    "order": """
        order number, order id, order no, order, numero de pedido, no de pedido, no pedido, id de pedido, id del
        pedido, pedido, numero de orden, orden, folio, invoice number, invoice no, invoice, numero de factura, no
        factura, factura, ticket, transaction id, remision, numero de venta, venta no
    """,
    "currency": """
        order currency, currency code, moneda, divisa, currency, tipo de moneda
    """,
    "description": """
        lineitem name, item name, product name, products, product s, product, productos, producto, descripcion,
        description, concepto, articulo, articulos, items, item, line items, detalle
    """,
    "status": """
        financial status, order status, payment status, estado del pedido, estado de pedido, estatus del pedido,
        estado del pago, estatus, estado, status, situacion
    """,
    "refund": """
        refunded amount, refund amount, order refund amount, refunded total, total refunded, amount refunded,
        importe reembolsado, monto reembolsado, reembolso, reembolsado, devolucion, devoluciones, refunds, refunded,
        refund
    """,
    "cancelled": """
        cancelled at, canceled at, cancellation date, fecha de cancelacion, cancelado el, cancelada el, cancelacion,
        cancelled, canceled, cancelado
    """,
    "city": """
        city, ciudad, billing city, municipio, localidad, poblacion, default address city, town
    """,
    "contact_name": """
        contact name, nombre del contacto, nombre de contacto, contact person, persona de contacto, contacto,
        contact, atencion, encargado, representante
    """,
    "contact_last_name": """
        contact last name, apellidos del contacto, apellido del contacto, apellidos de contacto
    """,
    "contact_email": """
        contact email, contact e mail, correo del contacto, correo de contacto, email del contacto, email de
        contacto, correo contacto, email contacto
    """,
    "contact_phone": """
        contact phone, telefono del contacto, telefono de contacto, telefono contacto, celular del contacto, celular
        de contacto, celular contacto, contact mobile
    """,
    "assignee": """
        assignee email, assignee e mail, assignee, correo del responsable, responsable, vendedor, ejecutivo, asesor,
        account manager, contact owner, account owner, company owner, propietario del contacto, propietario, sales rep,
        salesperson, agente, asignado a, assigned to, owner
    """,
    "tags": """
        tags, tag, etiquetas, etiqueta, categorias, categoria, segmento, segment, giro, industry, grupo, group
    """,
    "notes": """
        notes, note, notas, nota, observaciones, comentarios, comments, remarks
    """,
}
SYNONYMS = {field: tuple(" ".join(word.split()) for word in words.split(",")) for field, words in WORDS.items()}
