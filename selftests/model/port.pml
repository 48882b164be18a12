/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port's life, as doc/locking.md tells it, against all that runs beside it: frames to and from its device, requests and
 * dumps, the pod's end that opens and closes, the end of the pair, the report of violations, the end of the switch.
 *
 *   frame ... frame     RCU read sections            (kmod/forward.c, and the core's receive loop around it)
 *   requests            attach, detach, look         (kmod/port.c, kmod/netlink.c)
 *   pod                 up, down, pair deleted       (kmod/device.c, and what the core does before and after)
 *   switch_end          ndo_uninit                   (psw_switch_del_ports(), psw_violation_fini())
 *   report              the work                     (kmod/violation.c)
 *   reclaim             who frees what kfree_rcu() was told
 *
 * What is allocated has a state of its own, and everybody who looks into something asserts that it is alive. A number is
 * never given twice, or who looks at something too late would find its successor. Spin tries all orders of all steps; each
 * step sees what the ones before it wrote: orders that a weak processor adds, which rcu_assign_pointer() and
 * rcu_dereference() are for, are not in the model.
 *
 * Built with the name of one of the mistakes below, it is wrong; "check" sees that each is found.
 *
 *   NO_GRACE            the receive handler goes without waiting for a grace period (its data stay, or a frame would find
 *                       them cleared before it found the port freed)
 *   NO_GRACE_BATCH      nor does the switch wait that ends all its ports at once
 *   FREE_ENTRY_NOW      an address's entry is freed by kfree(), not kfree_rcu()
 *   UNPUBLISH_LATE      the port is taken out of table and list behind the grace period, not before
 *   DATA_FIRST          the receive handler's data are cleared before the grace period
 *   HANDLER_FIRST       the receive handler is set before its data
 *   KEEP_PEER           the pod's end closes, and the port still knows it
 *   NO_CORE_GRACE       the core closes the pod's end without waiting for a grace period (it does wait; we build on that)
 *   NO_READ_LOCK        a frame is forwarded outside an RCU read section
 *   NO_RTNL             a dump does not hold RTNL
 *   FORGET_UNPUBLISH    an attach that fails at its last step leaves the port published
 *   FORGET_FREE         or does not free it
 *   REPORT_WAITS        the report waits for RTNL, which who waits for the report holds
 *   NO_CANCEL           the switch is freed with a report under way
 */

#define NONE	255
#define PORTS	2	/* attachments, one after another */
#ifndef FRAMES
#define FRAMES	2	/* frames at a time */
#endif

mtype = { unborn, alive, dead };

mtype port_memory[PORTS] = unborn;
mtype entry_memory[PORTS] = unborn;	/* an entry has its port's number */
bool entry_doomed[PORTS];
bool port_peer[PORTS];			/* psw_port.peer is set */
mtype switch_memory = alive;
mtype device_memory = alive;		/* the host's end, which the port is of */
mtype peer_memory = alive;		/* the pod's end */
byte n_ports;

byte table = NONE;			/* the entry that a lookup finds */
byte list = NONE;			/* sw->listeners */
byte attached = NONE;			/* sw->ports */
bool handler;				/* dev->rx_handler */
byte handler_data = NONE;

bool peer_up = true;			/* its flag, which changes are told of */
bool peer_open = true;			/* it may be handed frames */
bool registered = true;			/* the device, with the core */
bool switch_registered = true;
bool rtnl;
bool reading[FRAMES];
bool report_pending, report_running, report_canceled;

/* --- what the kernel gives --- */

inline rtnl_lock()	{ atomic { !rtnl -> rtnl = true } }
inline rtnl_unlock()	{ rtnl = false }

/* Each reader is seen outside a section once; it may be in its next by the end. */
inline synchronize_net()
{
	for (reader : 0 .. FRAMES - 1) {
		!reading[reader]
	}
	reader = 0
}

inline rx_handler_register(id)
{
#ifdef HANDLER_FIRST
	handler = true;
	handler_data = id
#else
	handler_data = id;
	handler = true
#endif
}

inline rx_handler_unregister()
{
	handler = false;
#ifdef DATA_FIRST
	handler_data = NONE;
#endif
#ifndef NO_GRACE
	synchronize_net();
	handler_data = NONE
#endif
}

/* --- the port, under RTNL --- */

/* It has pointers to its device and its switch. */
inline look_at_port(id)
{
	assert(port_memory[id] == alive);
	assert(device_memory == alive && switch_memory == alive)
}

inline set_peer(id, up)
{
	port_peer[id] = up
}

inline unpublish(id)
{
	list = NONE;
	attached = NONE;
	table = NONE;
#ifdef FREE_ENTRY_NOW
	entry_memory[id] = dead
#else
	entry_doomed[id] = true
#endif
}

inline del_begin(id)
{
	look_at_port(id);
#ifndef UNPUBLISH_LATE
	unpublish(id)
#else
	skip
#endif
}

inline del_end(id)
{
#ifdef UNPUBLISH_LATE
	unpublish(id);
#endif
	atomic {
		look_at_port(id);
		port_memory[id] = dead
	}
}

inline port_del(id)
{
	del_begin(id);
	rx_handler_unregister();
	del_end(id)
}

/* An attach that fails is undone from where it got to. */
inline port_add(id)
{
	atomic {
		id = n_ports;
		n_ports++;
		port_memory[id] = alive
	};
	rx_handler_register(id);
	set_peer(id, peer_up);
	if
	:: goto add_unregister
	:: entry_memory[id] = alive;
	   table = id
	fi;
	attached = id;
	list = id;
	if
	:: goto add_unpublish
	:: goto add_done
	fi;
add_unpublish:
#ifndef FORGET_UNPUBLISH
	unpublish(id);
#endif
add_unregister:
	rx_handler_unregister();
#ifndef FORGET_FREE
	port_memory[id] = dead;
#endif
add_done:
	skip
}

/* --- who runs beside one another --- */

/* A frame comes from the port's device or from another, and goes to the port, by the table or by the list, or elsewhere.
 * What it holds it looks at last: what is dead then may have been alive before, never the other way round.
 */
proctype frame(byte me)
{
	byte in = NONE, out = NONE, entry = NONE;
	bool direct;

	do
	:: break
	:: true ->
#ifndef NO_READ_LOCK
	   reading[me] = true;
#endif
	   if
	   :: handler -> in = handler_data;
		assert(in != NONE)
	   :: true
	   fi;
	   if
	   :: entry = table;
		out = entry
	   :: out = list
	   :: true
	   fi;
	   if
	   :: out != NONE -> direct = port_peer[out]
	   :: else
	   fi;
	   atomic {
		if
		:: entry != NONE -> assert(entry_memory[entry] == alive)
		:: else
		fi;
		if
		:: out != NONE -> look_at_port(out)
		:: else
		fi;
		assert(!direct || (peer_memory == alive && peer_open));
		if
		:: in != NONE -> look_at_port(in);
			/* a violation, or none */
			if
			:: report_pending = !report_canceled
			:: true
			fi
		:: else
		fi;
		reading[me] = false;
		in = NONE;
		out = NONE;
		entry = NONE;
		direct = false
	   }
	od
}

proctype requests()
{
	byte id, reader;

	do
	:: break
	:: rtnl_lock();
	   if
	   :: registered && switch_registered && attached == NONE && n_ports < PORTS ->
		port_add(id)
	   :: attached != NONE ->
		id = attached;
		port_del(id)
	   :: attached != NONE ->
		look_at_port(attached)	/* a dump, a change of settings */
	   :: else
	   fi;
	   atomic { id = 0; rtnl_unlock() }
	od
}

#ifdef NO_RTNL
/* What dumps and all that is asked of a port does, in a process of its own. */
proctype dump_unlocked()
{
	byte id;

	do
	:: break
	:: true ->
	   id = attached;
	   if
	   :: id != NONE -> look_at_port(id)
	   :: else
	   fi;
	   id = 0
	od
}
#endif

/* The core tells of the closing, and waits for a grace period before it is done. */
inline close_peer()
{
#ifndef KEEP_PEER
	if
	:: attached != NONE -> set_peer(attached, false)
	:: else
	fi;
#endif
#ifndef NO_CORE_GRACE
	synchronize_net();
#endif
	peer_open = false;
	peer_up = false
}

proctype pod()
{
	byte reader, id;

	do
	:: rtnl_lock();
	   if
	   :: peer_up ->
		close_peer()
	   :: else ->
		peer_open = true;
		peer_up = true;
		if
		:: attached != NONE -> set_peer(attached, true)
		:: else
		fi
	   fi;
	   rtnl_unlock()
	:: break
	od;

	/* The pair goes: its ends close, then are unregistered, then freed. */
	rtnl_lock();
	if
	:: peer_up -> close_peer()
	:: else
	fi;
	registered = false;
	if
	:: attached != NONE ->
		id = attached;
		port_del(id)
	:: else
	fi;
#ifndef NO_CORE_GRACE
	synchronize_net();
#endif
	rtnl_unlock();
	peer_memory = dead;
	device_memory = dead
}

proctype switch_end()
{
	byte reader, id;

	rtnl_lock();
	switch_registered = false;
	if
	:: attached != NONE ->
		id = attached;
		del_begin(id);
		handler = false;
#ifndef NO_GRACE_BATCH
		synchronize_net();
#endif
		handler_data = NONE;
		del_end(id)
	:: else
	fi;
#ifndef NO_CANCEL
	atomic {
		report_canceled = true;
		report_pending = false
	};
	!report_running;
#endif
	rtnl_unlock();
	switch_memory = dead
}

proctype report()
{
	byte id;

end:	do
	:: atomic {
		report_pending -> report_pending = false;
		report_running = true
	   };
	   assert(switch_memory == alive);
#ifdef REPORT_WAITS
	   rtnl_lock();
#else
	   if
	   :: atomic {
		rtnl -> report_running = false;
		report_pending = !report_canceled
	      };
	      goto end
	   :: atomic { !rtnl -> rtnl = true }
	   fi;
#endif
	   id = attached;
	   if
	   :: id != NONE -> look_at_port(id)
	   :: else
	   fi;
	   assert(switch_memory == alive);
	   atomic { id = 0; rtnl_unlock() };
	   report_running = false
	od
}

inline free_entry(id)
{
	entry_doomed[id] = false;
	synchronize_net();
	entry_memory[id] = dead
}

proctype reclaim()
{
	byte reader;

end:	do
	:: entry_doomed[0] -> free_entry(0)
	:: entry_doomed[1] -> free_entry(1)
	od
}

init
{
	byte i;

	atomic {
		for (i : 0 .. FRAMES - 1) {
			run frame(i)
		};
		run requests();
		run pod();
		run switch_end();
		run report();
		run reclaim();
#ifdef NO_RTNL
		run dump_unlocked()
#endif
	};
	/* When nobody can do anything any more, nobody waits, and nothing is left. */
	atomic {
		timeout ->
		assert(!rtnl);
		for (i : 0 .. PORTS - 1) {
			assert(port_memory[i] != alive);
			assert(entry_memory[i] != alive)
		}
	}
}
